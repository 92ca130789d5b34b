#include "simulator/server/control_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

namespace keyslot::sim {
namespace {

// The world is moved on by hand: no sockets, no wall clock.
class ControlApiTest : public testing::Test {
protected:
    static LiveOptions options() {
        LiveOptions options;
        options.cluster.replicas_per_master = 1;
        return options;
    }

    json get(std::string const& target) {
        ControlResponse const response = api_.handle("GET", target, "");
        EXPECT_EQ(response.status, 200u) << response.body;
        return json::parse(response.body);
    }
    json post(std::string const& body) {
        ControlResponse const response = api_.handle("POST", "/action", body);
        EXPECT_EQ(response.status, 202u) << response.body;
        return json::parse(response.body);
    }

    asio::io_context context_;
    LiveWorld live_{context_, options()};
    ControlApi api_{live_};
};

TEST_F(ControlApiTest, StateTellsNodesRolesAndSlots) {
    json const state = get("/state");
    ASSERT_EQ(state["nodes"].size(), 6u);
    EXPECT_EQ(state["nodes"][0]["name"], "node-1");
    EXPECT_EQ(state["nodes"][0]["address"], "127.0.0.1:7000");
    EXPECT_EQ(state["nodes"][0]["role"], "master");
    EXPECT_EQ(state["nodes"][0]["slots"], json::array({"0-5460"}));
    EXPECT_EQ(state["nodes"][5]["role"], "replica");
    EXPECT_EQ(state["nodes"][5]["slots"], json::array());
    EXPECT_EQ(state["faults"], json::array());
}

TEST_F(ControlApiTest, AnActionIsAcceptedDoneAndTold) {
    json const accepted = post(R"({"type": "crash", "node": "node-2", "restart_after": "3s"})");
    EXPECT_EQ(accepted["state"], "active");
    std::string const target = "/action/" + std::to_string(accepted["id"].get<int>());
    live_.world().run_for(1s);
    EXPECT_EQ(get(target)["state"], "active");
    EXPECT_EQ(get("/state")["nodes"][1]["state"], "down");
    EXPECT_EQ(get("/state")["faults"].size(), 1u);
    live_.world().run_for(3s);
    EXPECT_EQ(get(target)["state"], "ended");
    EXPECT_EQ(get(target)["fault"], "crash: {node: node-2, restart_after: 3s}");
    EXPECT_EQ(get("/state")["nodes"][1]["state"], "up");
}

TEST_F(ControlApiTest, MigratedSlotsShowInTheState) {
    json const accepted = post(R"({"type": "migrate", "slots": "0-9", "to": "node-3"})");
    live_.world().run_for(2s);
    EXPECT_EQ(get("/action/" + std::to_string(accepted["id"].get<int>()))["result"],
              "moved 10 slots, 0 keys");
    EXPECT_EQ(get("/state")["nodes"][0]["slots"], json::array({"10-5460"}));
    EXPECT_EQ(get("/state")["nodes"][2]["slots"], json::array({"0-9", "10923-16383"}));
}

TEST_F(ControlApiTest, AnActionThatCannotBeDoneSaysWhy) {
    json const accepted = post(R"({"type": "resume", "node": "node-1"})");
    live_.world().run_for(1ms);
    json const action = get("/action/" + std::to_string(accepted["id"].get<int>()));
    EXPECT_EQ(action["state"], "failed");
    EXPECT_EQ(action["result"], "node-1 is not paused");
}

TEST_F(ControlApiTest, HealEndsWhatIsAtWork) {
    post(R"({"type": "crash", "node": "node-4"})");
    post(R"({"type": "pause", "node": "node-5"})");
    post(R"({"type": "partition", "from": "clients", "to": "node-1"})");
    live_.world().run_for(1s);
    EXPECT_EQ(get("/state")["faults"].size(), 3u);
    post(R"({"type": "heal"})");
    live_.world().run_for(1s);
    json const state = get("/state");
    EXPECT_EQ(state["faults"].size(), 0u);
    EXPECT_EQ(state["nodes"][3]["state"], "up");
    EXPECT_EQ(state["nodes"][4]["state"], "up");
}

TEST_F(ControlApiTest, OneFaultIsEndedWithoutTheOthers) {
    post(R"({"type": "crash", "node": "node-4"})");
    post(R"({"type": "pause", "node": "node-5"})");
    live_.world().run_for(1s);
    EXPECT_EQ(api_.handle("DELETE", "/action/0", "").status, 202u);
    live_.world().run_for(1s);
    json const state = get("/state");
    EXPECT_EQ(state["nodes"][3]["state"], "up");
    EXPECT_EQ(state["nodes"][4]["state"], "paused");
    EXPECT_EQ(get("/action/0")["state"], "ended");
    EXPECT_EQ(api_.handle("DELETE", "/action/7", "").status, 404u);
    EXPECT_EQ(api_.handle("POST", "/heal", "").status, 202u);
    live_.world().run_for(1s);
    EXPECT_EQ(get("/state")["faults"].size(), 0u);
}

TEST_F(ControlApiTest, RestartAndResumeEndTheFaultTheyUndo) {
    post(R"({"type": "crash", "node": "node-4"})");
    live_.world().run_for(1s);
    post(R"({"type": "restart", "node": "node-4"})");
    post(R"({"type": "pause", "node": "node-5"})");
    live_.world().run_for(1s);
    post(R"({"type": "resume", "node": "node-5"})");
    live_.world().run_for(1s);
    EXPECT_EQ(get("/state")["faults"].size(), 0u);
}

TEST_F(ControlApiTest, AnAddressThatThisMachineHasNotIsRefused) {
    ControlResponse const response = api_.handle(
        "POST", "/action", R"({"type": "change_address", "node": "node-1", "ip": "192.0.2.1"})");
    EXPECT_EQ(response.status, 400u);
    EXPECT_THAT(json::parse(response.body)["error"].get<std::string>(),
                HasSubstr("no node can listen on 192.0.2.1: Cannot assign requested address"));
}

TEST_F(ControlApiTest, MistakesAreToldWithWhatIsAllowed) {
    ControlResponse const unknown = api_.handle("POST", "/action", R"({"type": "explode"})");
    EXPECT_EQ(unknown.status, 400u);
    EXPECT_THAT(json::parse(unknown.body)["problems"][0]["allowed"].get<std::string>(),
                HasSubstr("migrate, partition, flap"));
    EXPECT_EQ(api_.handle("POST", "/action", "").status, 400u);
    EXPECT_EQ(api_.handle("POST", "/action", "\xff\xfe{").status, 400u);
    EXPECT_EQ(api_.handle("GET", "/nowhere", "").status, 404u);
    EXPECT_EQ(api_.handle("GET", "/action/99", "").status, 404u);
    EXPECT_EQ(api_.handle("GET", "/action/x", "").status, 404u);
    ControlResponse const method = api_.handle("DELETE", "/state", "");
    EXPECT_EQ(method.status, 405u);
    EXPECT_EQ(method.allow, "GET");
}

}  // namespace
}  // namespace keyslot::sim
