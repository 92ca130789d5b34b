#pragma once

#include "conformance/harness/case.hpp"
#include "conformance/harness/judge.hpp"
#include "conformance/harness/stage.hpp"
#include "conformance/harness/subject.hpp"
#include "conformance/harness/witness.hpp"

#include <keyslot/sim/world.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace keyslot::conformance {

struct CaseReport {
    Judgement judgement;
    Evidence evidence;
};

/// How a run waits. In virtual time nothing takes longer than it has to; on real sockets it does.
struct Pace {
    /// For what should come: a request, the end of a call.
    Duration patience = std::chrono::seconds{120};
    /// For so long the client must have been silent before a mark is set, and at the end. Zero: the
    /// arm has no such accidents.
    Duration calm{};
    Duration clock_slack{};  ///< as in Evidence
    std::size_t burst_allowance = 1;  ///< likewise
    Duration breath{};  ///< likewise
};

/// The steps of one case, played in a world for one client under test.
class CaseRun {
public:
    virtual ~CaseRun() = default;
    /// In the world, which must outlive the coroutine. Throws nothing: what goes wrong is evidence.
    virtual asio::awaitable<void> play() = 0;
    /// Once, after play() has ended or was given up.
    virtual Evidence gather() = 0;
};
std::unique_ptr<CaseRun> make_case_run(Case const& test, sim::World& world, Stage& stage,
                                       Witness& witness, Subject& subject, Pace pace);

/// What a person wants to know: one line when it passed, else the rule, what speaks against the
/// client, and the whole dialogue.
std::string to_string(Case const& test, CaseReport const& report, bool with_dialogue);

}  // namespace keyslot::conformance
