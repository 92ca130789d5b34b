#pragma once

namespace keyslot::sim::lua {

/// What a script can set about cjson; it holds for all scripts until SCRIPT FLUSH, as in Redis.
struct CjsonOptions {
    enum class InvalidNumbers { refuse, allow, null };

    bool convert_sparse = false;
    int sparse_ratio = 2;
    int sparse_safe = 10;
    int encode_depth_max = 1000;
    int decode_depth_max = 1000;
    int precision = 14;
    bool keep_buffer = true;
    InvalidNumbers encode_invalid = InvalidNumbers::refuse;
    bool decode_invalid = true;
};

}  // namespace keyslot::sim::lua
