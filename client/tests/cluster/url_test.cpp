// Options from a URL, and back.
#include <keyslot/error.hpp>
#include <keyslot/options.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace keyslot {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string problem_of(std::string_view url) {
    try {
        options_from_url(url);
    } catch (DataError const& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_EQ(error.outcome(), Outcome::not_executed);
        return error.failure().message;
    }
    return "none";
}

TEST(Url, hosts_credentials_and_parameters) {
    ClusterOptions const options = options_from_url(
        "redis://us%40er:p%3Aw%2F%25@h1:7000,h2,[::1]:7002/0?protocol=2&call_timeout=500ms"
        "&attempt_timeout=2s&require_full_coverage=yes&load_balancing_strategy=random_replica"
        "&cluster_error_retry_attempts=3&start=eager&client_name=a%2Db");
    EXPECT_EQ(options.startup_nodes, (std::vector<ClusterNode>{{.host = "h1", .port = 7000},
                                                               {.host = "h2", .port = 6379},
                                                               {.host = "::1", .port = 7002}}));
    EXPECT_EQ(options.username, "us@er");
    EXPECT_EQ(options.password, "p:w/%");
    EXPECT_EQ(options.protocol, 2);
    EXPECT_EQ(options.call_timeout, 500ms);
    EXPECT_EQ(options.attempt_timeout, 2s);
    EXPECT_TRUE(options.require_full_coverage);
    EXPECT_EQ(options.load_balancing_strategy, LoadBalancingStrategy::random_replica);
    EXPECT_EQ(options.cluster_error_retry_attempts, 3);
    EXPECT_EQ(options.start, StartMode::eager);
    EXPECT_EQ(options.client_name, "a-b");
    EXPECT_FALSE(options.tls);
}

TEST(Url, rediss_is_tls) {
    ClusterOptions const options =
        options_from_url("rediss://:secret@h:1?tls_verify=false&tls_ca_file=%2Fetc%2Fca.pem");
    ASSERT_TRUE(options.tls);
    EXPECT_FALSE(options.tls->verify);
    EXPECT_EQ(options.tls->ca_file, "/etc/ca.pem");
    EXPECT_EQ(options.username, "");
    EXPECT_EQ(options.password, "secret");
}

TEST(Url, what_is_not_understood_is_named) {
    EXPECT_THAT(problem_of("h:1"), HasSubstr("redis:// or rediss://"));
    EXPECT_THAT(problem_of(""), HasSubstr("redis:// or rediss://"));
    EXPECT_THAT(problem_of("unix:///run/redis.sock"), HasSubstr("no unix socket"));
    EXPECT_THAT(problem_of("redis://"), HasSubstr("host is missing"));
    EXPECT_THAT(problem_of("redis://h:1,,i:2"), HasSubstr("host is missing"));
    EXPECT_THAT(problem_of("redis://h:0"), HasSubstr("port"));
    EXPECT_THAT(problem_of("redis://h:65536"), HasSubstr("port"));
    EXPECT_THAT(problem_of("redis://::1:7000"), HasSubstr("IPv6"));
    EXPECT_THAT(problem_of("redis://[::1"), HasSubstr("no ]"));
    EXPECT_THAT(problem_of("redis://[::1]7000"), HasSubstr(":port"));
    EXPECT_THAT(problem_of("redis://h/1"), HasSubstr("database 0"));
    EXPECT_THAT(problem_of("redis://h?db=2"), HasSubstr("database 0"));
    EXPECT_EQ(problem_of("redis://h/0?db=0"), "none");
    EXPECT_THAT(problem_of("redis://h#x"), HasSubstr("fragment"));
    EXPECT_THAT(problem_of("redis://u:%zz@h"), HasSubstr("hexadecimal"));
    EXPECT_EQ(problem_of("redis://h?protocol=4"), "option protocol: must be 2 or 3");
    EXPECT_EQ(problem_of("redis://h?protocol=two"),
              "URL: parameter protocol must be a whole number");
    EXPECT_EQ(problem_of("redis://h?call_timeout=500"),
              "URL: parameter call_timeout must be a duration such as 250ms, 2s or 1m");
    EXPECT_THAT(problem_of("redis://h?call_timeout=-1s"), HasSubstr("a duration"));
    EXPECT_THAT(problem_of("redis://h?call_timeout=9223372036854775807m"), HasSubstr("duration"));
    EXPECT_THAT(problem_of("redis://h?start=now"), HasSubstr("lazy or eager"));
    EXPECT_THAT(problem_of("redis://h?retry_on_timeout=maybe"), HasSubstr("true or false"));
    EXPECT_THAT(problem_of("redis://h?tls_verify=false"), HasSubstr("needs rediss://"));
    EXPECT_THAT(problem_of("redis://h?timeout=1s"),
                testing::AllOf(HasSubstr("unknown parameter timeout"), HasSubstr("call_timeout"),
                               HasSubstr("tls_server_name")));
}

TEST(Url, no_part_of_a_password_is_in_any_message) {
    for (std::string_view const url :
         {"redis://u:s3cret%@h", "redis://u:s3cret/x@h", "redis://u:s3cret?x@h",
          "redis://u:1?s3cret@h", "redis://u:s3cret#x@h", "redis://u:s3cret@h:0",
          "redis://u:s3cret@h?protocol=9", "redis://u:s3cret@h?bad=1", "redis://u:s3cret@h/1",
          "s3cret", "redis://:1/s3cret@h", "redis://h?password=s3cret%"}) {
        EXPECT_THAT(problem_of(url), Not(HasSubstr("s3cret"))) << url;
        EXPECT_NE(problem_of(url), "none") << url;
    }
}

TEST(Url, is_written_so_that_it_reads_back) {
    ClusterOptions options;
    options.startup_nodes = {{.host = "h1", .port = 7000}, {.host = "fe80::1", .port = 1}};
    options.username = "a:b@c";
    options.password = "p &=%?#/ü";
    options.tls.emplace();
    options.tls->server_name = "redis.example";
    options.protocol = 2;
    options.call_timeout = 1234ms;
    options.retry_on_timeout = false;
    options.cluster_error_retry_attempts = 0;
    options.load_balancing_strategy = LoadBalancingStrategy::lowest_latency;
    std::string const url = to_url(options);
    ClusterOptions const read = options_from_url(url);
    EXPECT_EQ(read.startup_nodes, options.startup_nodes);
    EXPECT_EQ(read.username, options.username);
    EXPECT_EQ(read.password, options.password);
    EXPECT_EQ(read.tls->server_name, "redis.example");
    EXPECT_EQ(read.call_timeout, 1234ms);
    EXPECT_EQ(read.cluster_error_retry_attempts, 0);
    EXPECT_EQ(to_url(read), url);
    EXPECT_EQ(to_url(options_from_url("redis://h")), "redis://h:6379");
}

TEST(Url, any_text_is_read_or_refused) {
    std::mt19937 random(5);
    std::string const sample =
        "rediss://us%40er:p%3Aw@h1:7000,[::1]:7002/0?protocol=2&call_timeout=500ms&start=eager";
    constexpr std::string_view letters = "/?#[]@:,&=%0az\0\xff";
    int read = 0;
    for (int run = 0; run < 20000; ++run) {
        std::string url = sample;
        for (unsigned i = 0; i < 1 + random() % 4 && !url.empty(); ++i) {
            std::size_t const at = random() % url.size();
            switch (random() % 3) {
                case 0: url[at] = letters[random() % letters.size()]; break;
                case 1: url.erase(at, 1 + random() % 6); break;
                default: url.insert(at, 1, letters[random() % letters.size()]); break;
            }
        }
        try {
            ClusterOptions const options = options_from_url(url);
            std::string const written = to_url(options);
            ASSERT_EQ(to_url(options_from_url(written)), written) << url;
            ++read;
        } catch (DataError const&) {}
    }
    EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace keyslot
