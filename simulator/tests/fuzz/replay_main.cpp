#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

/// Instead of libFuzzer's main(): every file of the named directories once, in the order of their names.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

int main(int count, char** arguments) {
    std::set<std::filesystem::path> files;
    for (int n = 1; n < count; ++n) {
        for (auto const& entry : std::filesystem::directory_iterator(arguments[n])) {
            files.insert(entry.path());
        }
    }
    for (std::filesystem::path const& path : files) {
        std::ifstream file(path, std::ios::binary);
        std::string const bytes{std::istreambuf_iterator<char>(file), {}};
        std::printf("%s\n", path.c_str());
        std::fflush(stdout);
        LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
    }
    std::printf("%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;
}
