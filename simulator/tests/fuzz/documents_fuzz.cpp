#include <keyslot/sim/fault_spec.hpp>
#include <keyslot/sim/scenario.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Scenario files and actions from anybody. What is taken must be written back as what it is; what is not
/// taken must have a reason.
namespace keyslot::sim {
namespace {

[[noreturn]] void fail(char const* what, std::string const& text) {
    std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
    std::abort();
}

void read_scenario(std::string_view text) {
    Parsed<Scenario> const parsed = parse_scenario(text, "fuzz.yaml");
    if (!parsed.value) {
        if (parsed.problems.empty()) {
            fail("refused without a reason", std::string(text));
        }
        return;
    }
    std::string const written = to_yaml(*parsed.value);
    Parsed<Scenario> const again = parse_scenario(written, "again.yaml");
    if (!again.value || *again.value != *parsed.value) {
        fail("written as something else", written);
    }
}

void read_action(std::string_view text) {
    Parsed<FaultSpec> const parsed = parse_action(text, {.masters = 3, .replicas_per_master = 1});
    if (!parsed.value && parsed.problems.empty()) {
        fail("refused without a reason", std::string(text));
    }
}

}  // namespace
}  // namespace keyslot::sim

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    if (text.starts_with('{')) {
        keyslot::sim::read_action(text);
    }
    keyslot::sim::read_scenario(text);
    return 0;
}
