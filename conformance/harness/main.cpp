// keyslot-conformance: plays the cases of a catalogue on clients and judges them.
#include "conformance/arms/judge_all.hpp"
#include "conformance/harness/case_reader.hpp"
#include "conformance/report/index.hpp"
#include "conformance/report/matrix.hpp"
#include "simulator/server/progress_bar.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace keyslot;
using conformance::Level;
using conformance::Verdict;

enum ExitCode : int {
    all_well = 0,
    usage = 1,
    must_failed = 2,
    broken_catalogue = 3,
    should_failed = 4,
    no_verdict = 5,
};

struct Wishes {
    std::string directory = KEYSLOT_CONFORMANCE_CASES;
    std::vector<std::string> cases;   // parts of ids; empty: all
    std::vector<std::string> groups;  // beginnings of ids; empty: all
    std::vector<std::string> clients;
    std::vector<std::string> drivers;  // commands
    std::string json, junit, html, index;
    std::uint64_t seed = 1;
    std::size_t jobs = 4;
    std::size_t plays = 1;
    std::vector<std::string> exit_code_of;  // clients; empty: all
    bool quiet = false;
    bool real = false;
    bool list = false;
    bool list_clients = false;
    bool dialogue = false;
};

bool wanted(Wishes const& wishes, conformance::Case const& test) {
    auto const any = [&](std::vector<std::string> const& texts, auto const& fits) {
        return texts.empty() || std::any_of(texts.begin(), texts.end(), fits);
    };
    return any(wishes.cases,
               [&](auto const& part) { return test.id.find(part) != std::string::npos; }) &&
           any(wishes.groups,
               [&](auto const& group) { return (test.id + "/").starts_with(group + "/"); });
}

std::vector<conformance::Client> all_clients() {
    std::filesystem::path const program = std::filesystem::read_symlink("/proc/self/exe");
    return conformance::shipped_clients(KEYSLOT_CONFORMANCE_DRIVERS,
                                        program.parent_path().string());
}

// Throws CLI::ValidationError.
std::vector<conformance::Client> chosen_clients(Wishes const& wishes) {
    std::vector<conformance::Client> const all = all_clients();
    std::vector<conformance::Client> chosen;
    for (std::string const& name : wishes.clients) {
        auto const found = std::find_if(all.begin(), all.end(),
                                        [&](auto const& client) { return client.name == name; });
        if (name == "all") {
            chosen.insert(chosen.end(), all.begin(), all.end());
        } else if (found == all.end()) {
            throw CLI::ValidationError(
                "--client", "there is no client '" + name + "'; --list-clients shows all");
        } else {
            chosen.push_back(*found);
        }
    }
    for (std::string const& command : wishes.drivers) {
        chosen.push_back({.name = "", .driver = command});  // named as it calls itself
    }
    if (chosen.empty()) {
        chosen.push_back(all.front());
    }
    return chosen;
}

void write_file(std::string const& path, std::string const& text) {
    if (path.empty()) {
        return;
    }
    std::ofstream file(path, std::ios::binary);
    if (!(file << text)) {
        throw CLI::FileError("cannot write " + path);
    }
}

/// Before hours of verdicts that nobody could keep.
void check_writable(std::string const& path) {
    if (!path.empty() && !std::ofstream(path, std::ios::binary | std::ios::app)) {
        throw CLI::FileError("cannot write " + path);
    }
}

int exit_code(Wishes const& wishes, conformance::Matrix const& matrix) {
    auto const counts = [&](conformance::ClientColumn const& client) {
        auto const& names = wishes.exit_code_of;
        return names.empty() || std::find(names.begin(), names.end(), client.name) != names.end();
    };
    auto const any = [&](Verdict verdict, std::optional<Level> level) {
        for (std::size_t client = 0; client < matrix.clients.size(); ++client) {
            if (counts(matrix.clients[client]) && matrix.count(client, verdict, level) != 0) {
                return true;
            }
        }
        return false;
    };
    if (any(Verdict::failed, Level::must)) {
        return must_failed;
    }
    if (any(Verdict::error, std::nullopt)) {
        return no_verdict;
    }
    return any(Verdict::failed, Level::should) ? should_failed : all_well;
}

void print_cases(Wishes const& wishes, conformance::Matrix const& matrix) {
    for (std::size_t client = 0; client < matrix.clients.size(); ++client) {
        if (matrix.clients.size() > 1) {
            std::cout << "== " << matrix.clients[client].name << ' '
                      << matrix.clients[client].version << '\n';
        }
        for (std::size_t row = 0; row < matrix.cases.size(); ++row) {
            conformance::Cell const& cell = matrix.cells[client][row];
            std::cout << conformance::to_string(matrix.cases[row], cell.report, wishes.dialogue);
            if (cell.is_unsteady()) {
                std::cout << "  the plays of it differ: " << conformance::list_of(cell.plays)
                          << '\n';
            }
        }
    }
    std::cout << '\n';
}

int run(Wishes const& wishes, std::vector<conformance::Client> const& clients,
        std::vector<conformance::Case> cases) {
    for (std::string const* const path : {&wishes.json, &wishes.junit, &wishes.html}) {
        check_writable(*path);
    }
    std::size_t const cells = clients.size() * cases.size();
    sim::ProgressBar bar;
    bar.begin(std::to_string(cells) + " verdicts");
    conformance::JudgeOptions options{
        .seed = wishes.seed,
        .nodes = wishes.real ? conformance::Nodes::real : conformance::Nodes::simulated,
        .jobs = wishes.jobs,
        .plays = wishes.plays,
        .progress = nullptr};
    options.progress = [&](auto const&, auto const&, auto const&, std::size_t done) {
        bar.show(static_cast<int>(std::min<std::size_t>(done * 1000 / cells, 1000)));
    };
    conformance::Matrix const matrix = conformance::judge_all(std::move(cases), clients, options);
    if (!wishes.quiet) {
        print_cases(wishes, matrix);
    }
    std::cout << to_text(matrix);
    write_file(wishes.json, to_json(matrix));
    write_file(wishes.junit, to_junit(matrix));
    write_file(wishes.html, to_html(matrix));
    return exit_code(wishes, matrix);
}

void list(std::vector<conformance::Case> const& cases) {
    for (conformance::Case const& test : cases) {
        std::cout << test.id << "  (" << to_string(test.level) << ")\n    " << test.requirement
                  << '\n';
    }
}

void declare(CLI::App& app, Wishes& wishes) {
    app.add_option("--client", wishes.clients,
                   "A client to judge, or all; may be repeated (default: keyslot, our own in "
                   "virtual time)");
    app.add_option("--driver", wishes.drivers,
                   "A command that starts a driver of your own; may be repeated");
    app.add_option("--case", wishes.cases, "Only cases whose id contains this; may be repeated");
    app.add_option(
        "--group", wishes.groups,
        "Only cases whose id begins with this (redirect, redirect/ask); may be repeated");
    app.add_option("--cases", wishes.directory, "Directory of the cases (*.yaml)")
        ->check(CLI::ExistingDirectory);
    app.add_option("--jobs", wishes.jobs, "Cases at a time")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option(
           "--plays", wishes.plays,
           "Play what does not pass again, up to so many times; what most plays gave is the "
           "verdict, and where they differ the reports say so")
        ->check(CLI::Range(1, 99))
        ->capture_default_str();
    app.add_option("--seed", wishes.seed, "All that chance decides")->capture_default_str();
    app.add_option("--html", wishes.html,
                   "Write the matrix, and a page for each cell, to this file");
    app.add_option("--index", wishes.index,
                   "Write what the cases demand, and for which rules of the specification they "
                   "stand, to this file, and run none");
    app.add_option("--json", wishes.json, "Write everything to this file as JSON");
    app.add_option("--junit", wishes.junit, "Write the verdicts to this file for a CI system");
    app.add_option("--exit-code-of", wishes.exit_code_of,
                   "Only what this client did counts for the exit code; may be repeated");
    app.add_flag(
        "--real", wishes.real,
        "Drivers play against redis-server processes instead of simulated nodes, as far as "
        "cases can be played so");
    app.add_flag("--quiet", wishes.quiet, "Print the counts, and not the cases");
    app.add_flag("--list", wishes.list, "List the cases and what each demands, and run none");
    app.add_flag("--list-clients", wishes.list_clients, "List the clients that --client knows");
    app.add_flag("--dialogue", wishes.dialogue, "Print what the nodes saw, of passed cases too");
    app.footer(
        "Exit code: 0 all well, 1 wrong usage, 2 a case of level must FAILED, 3 a broken "
        "catalogue,\n"
        "4 only cases of level should FAILED, 5 nothing of level must FAILED but there were "
        "ERRORs.");
}

}  // namespace

int main(int argc, char** argv) {
    Wishes wishes;
    CLI::App app{
        "Judges Redis Cluster clients case by case against the rules of the cluster "
        "specification:\n"
        "Keyslot's own in virtual time, any other over TCP, by a driver (conformance/README.md)."};
    declare(app, wishes);
    try {
        app.parse(argc, argv);
        if (wishes.list_clients) {
            for (conformance::Client const& client : all_clients()) {
                std::cout << client.name << '\n';
            }
            return all_well;
        }
        conformance::Catalogue catalogue = conformance::load_catalogue(wishes.directory);
        if (!catalogue.problems.empty()) {
            for (sim::Problem const& problem : catalogue.problems) {
                std::cerr << to_string(problem) << '\n';
            }
            return broken_catalogue;
        }
        std::erase_if(catalogue.cases, [&](auto const& test) { return !wanted(wishes, test); });
        if (catalogue.cases.empty()) {
            std::cerr << "no case has such an id; --list shows them all\n";
            return usage;
        }
        if (wishes.list) {
            list(catalogue.cases);
            return all_well;
        }
        if (!wishes.index.empty()) {
            write_file(wishes.index,
                       to_index(catalogue.cases, conformance::load_rules(wishes.directory)));
            return all_well;
        }
        return run(wishes, chosen_clients(wishes), std::move(catalogue.cases));
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? all_well : usage;
    } catch (std::runtime_error const& error) {
        std::cerr << error.what() << '\n';
        return broken_catalogue;
    }
}
