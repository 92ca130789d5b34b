#include "conformance/harness/virtual_run.hpp"

#include "conformance/harness/stage.hpp"
#include "conformance/harness/witness.hpp"

#include <exception>
#include <utility>

namespace keyslot::conformance {
namespace {

constexpr char const* client_host = "app";

CaseReport play(Case const& test, SubjectMaker const& make_subject, std::uint64_t seed) {
    sim::WorldOptions options;
    options.hang_grace = 2 * Pace{}.patience;  // the case waits long enough by itself
    sim::World world{sim::Seed{seed}, options};
    world.host(client_host);
    Stage stage{world, test.topology};
    Witness witness{world, client_host};
    std::unique_ptr<Subject> const client = make_subject(test, world, stage, client_host);
    world.tap_sessions(&witness);
    auto const run = make_case_run(test, world, stage, witness, *client, {});
    CaseReport report;
    try {
        world.run([&]() -> asio::awaitable<void> {
            co_await stage.prepare();
            co_await run->play();
        });
    } catch (std::exception const& error) {
        report.evidence.spoiled = error.what();
    }
    client->close();
    std::string const hang = std::move(report.evidence.spoiled);
    report.evidence = run->gather();
    if (!hang.empty()) {
        report.evidence.spoiled = hang;
    }
    return report;
}

}  // namespace

CaseReport run_in_virtual_time(Case const& test, SubjectMaker const& make_subject,
                               std::uint64_t seed) {
    CaseReport report;
    try {
        report = play(test, make_subject, seed);
    } catch (std::exception const& error) {
        report.evidence.spoiled = error.what();
    }
    report.judgement = judge_case(test, report.evidence);
    return report;
}

}  // namespace keyslot::conformance
