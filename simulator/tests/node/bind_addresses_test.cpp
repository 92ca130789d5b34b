#include "simulator/node/bind_addresses.hpp"

#include <gtest/gtest.h>

namespace keyslot::sim {
namespace {

BindOutcome bind(std::string_view addresses, std::string_view host = "10.0.0.1") {
    return bind_outcome(addresses, host, [](std::string const& name) {
        return name == "own.example"       ? std::optional<std::string>("10.0.0.1")
               : name == "another.example" ? std::optional<std::string>("10.0.0.2")
                                           : std::nullopt;
    });
}

TEST(BindAddresses, its_own_address_by_number_name_or_wildcard_is_heard) {
    for (std::string_view addresses : {"10.0.0.1", "own.example", "*", "0.0.0.0", "* -::*",
                                       "127.0.0.1 10.0.0.1", "-10.0.0.1", "-10.0.0.9 10.0.0.1"}) {
        EXPECT_EQ(bind(addresses), BindOutcome::heard) << addresses;
    }
    EXPECT_EQ(bind("::*", "fd00::1"), BindOutcome::heard);
    EXPECT_EQ(bind("fd00:0::1", "fd00::1"), BindOutcome::heard) << "however it is written";
    EXPECT_EQ(bind("127.0.0.1", "127.0.0.1"), BindOutcome::heard);
}

TEST(BindAddresses, without_its_own_address_it_is_deaf) {
    for (std::string_view addresses :
         {"", "127.0.0.1", "::1", "::*", "-10.0.0.9", "-another.example"}) {
        EXPECT_EQ(bind(addresses), BindOutcome::deaf) << addresses;
    }
    EXPECT_EQ(bind("*", "fd00::1"), BindOutcome::deaf) << "the other family";
    EXPECT_EQ(bind("127.0.0.1", "127.0.0.2"), BindOutcome::deaf) << "another of the loopback's";
}

TEST(BindAddresses, what_is_not_there_is_no_address_or_is_taken_fails) {
    for (std::string_view addresses :
         {"10.0.0.9", "another.example", "nonsense", "-nonsense", " 10.0.0.1", "10.0.0.1 ",
          "127.0.0.1  10.0.0.1", "10.0.0.1 10.0.0.1", "own.example 10.0.0.1", "* 10.0.0.1",
          "10.0.0.1 *", "0.0.0.0 *", "::* ::1", "10.0.0.1 10.0.0.9"}) {
        EXPECT_EQ(bind(addresses), BindOutcome::failed) << addresses;
    }
}

}  // namespace
}  // namespace keyslot::sim
