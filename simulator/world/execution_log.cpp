#include <keyslot/sim/execution_log.hpp>

#include <algorithm>
#include <cstring>
#include <new>

namespace keyslot::sim {

namespace {
constexpr std::size_t block_size = 64 * 1024;
}  // namespace

std::byte* ExecutionLog::allocate(std::size_t bytes) {
    std::size_t const rounded =
        (bytes + alignof(std::string_view) - 1) & ~(alignof(std::string_view) - 1);
    if (rounded > left_) {
        left_ = std::max(block_size, rounded);
        blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(left_));
        free_ = blocks_.back().get();
    }
    std::byte* const at = free_;
    free_ += rounded;
    left_ -= rounded;
    return at;
}

void ExecutionLog::append(ExecutionRecord const& record) {
    std::size_t text_size = 0;
    for (std::string_view const argument : record.arguments) {
        text_size += argument.size();
    }
    std::size_t const count = record.arguments.size();
    std::byte* const at = allocate(count * sizeof(std::string_view) + text_size);
    char* text = reinterpret_cast<char*>(at + count * sizeof(std::string_view));
    for (std::size_t n = 0; n < count; ++n) {
        std::string_view const argument = record.arguments[n];
        std::copy(argument.begin(), argument.end(), text);
        ::new (static_cast<void*>(at + n * sizeof(std::string_view)))
            std::string_view(text, argument.size());
        text += argument.size();
    }
    records_.push_back(record);
    records_.back().arguments = {std::launder(reinterpret_cast<std::string_view const*>(at)),
                                 count};
}

void ExecutionLog::clear() {
    records_.clear();
    blocks_.clear();
    free_ = nullptr;
    left_ = 0;
}

}  // namespace keyslot::sim
