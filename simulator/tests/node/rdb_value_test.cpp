// Payloads as redis-server 7.0.15 gave them by DUMP.
#include "simulator/node/rdb_value.hpp"
#include "simulator/node/snapshot.hpp"

#include <gtest/gtest.h>

#include <string>

namespace keyslot::sim {
namespace {

using namespace std::string_literals;

ListValue list_of(std::vector<std::string> const& elements) {
    return {{elements.begin(), elements.end()}};
}

struct Recorded {
    std::string payload;
    Value value;
};

std::vector<Recorded> recorded() {
    EncodingLimits const limits;
    SetValue integers, texts;
    for (char const* member : {"1", "2", "3"}) {
        integers.add(member, limits);
    }
    texts.add("y", limits);
    texts.add("x", limits);
    HashValue hash;
    hash.set("f", "1", limits);
    SortedSetValue scores;
    scores.set("one", 1, limits);
    scores.set("two", 2.5, limits);
    return {
        {"\x00\x05hello\n\x00\x63r\xdfve4 \n"s, StringValue::stored("hello")},
        {"\x12\x01\x02\x0f\x0f\x00\x00\x00\x03\x00\x81\x61\x02\x02\x01\x81\x63\x02\xff\n\x00"
         "BR\xb4\x8c^k8a"s,
         list_of({"a", "2", "c"})},
        {"\x0b\x0e\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00\x03\x00\n\x00\xa5\x02\\\xe2mnM\x1b"s,
         integers},
        {"\x02\x02\x01y\x01x\n\x00\x0c\xdfk=\xb3\x30\xbc\xf0"s, texts},
        {"\x10\x0c\x0c\x00\x00\x00\x02\x00\x81\x66\x02\x01\x01\xff\n\x00\x31\xba\b\x19I\xa0\xe3\xdd"s,
         hash},
        {"\x11\x18\x18\x00\x00\x00\x04\x00\x83one\x04\x01\x01\x83two\x04\x83\x32.5\x04\xff\n\x00"
         "\xe7\xfb\xf0\xd5\xacw\xbb\xb4"s,
         scores},
    };
}

TEST(RdbValue, DumpGivesTheBytesOfRedis) {
    for (Recorded const& one : recorded()) {
        EXPECT_EQ(write_payload(one.value), one.payload) << type_name(one.value);
    }
}

TEST(RdbValue, RestoreTakesTheBytesOfRedis) {
    for (Recorded const& one : recorded()) {
        Payload const read = read_payload(one.payload);
        ASSERT_TRUE(read.value.has_value()) << type_name(one.value);
        EXPECT_EQ(type_of(*read.value), type_of(one.value));
        EXPECT_EQ(write_payload(*read.value), one.payload);
    }
}

TEST(RdbValue, EverySizeAndKindOfElementComesBack) {
    std::vector<std::string> elements{
        "",       "x",       "0",       "127",      "128",        "-1",
        "4095",   "4096",    "-4096",   "-4097",    "32767",      "32768",
        "-32769", "8388607", "8388608", "-8388609", "2147483648", "-9223372036854775808",
        "007"};
    for (std::size_t size : {63u, 64u, 124u, 125u, 126u, 127u, 128u, 4095u, 4096u, 20'000u}) {
        elements.emplace_back(size, 'e');
    }
    Payload const read = read_payload(write_payload(list_of(elements)));
    ASSERT_TRUE(read.value.has_value());
    EXPECT_EQ(std::get<ListValue>(*read.value).elements, list_of(elements).elements);
    for (std::string const& text : elements) {
        Payload const string = read_payload(write_payload(StringValue::stored(text)));
        ASSERT_TRUE(string.value.has_value());
        EXPECT_EQ(std::get<StringValue>(*string.value).view(), text);
    }
}

TEST(RdbValue, LargeCollectionsComeBack) {
    EncodingLimits const limits;
    HashValue hash;
    SetValue set;
    SortedSetValue scores;
    for (int n = 0; n < 1000; ++n) {
        hash.set("f" + std::to_string(n), std::to_string(n * n), limits);
        set.add(std::to_string(n * 1'000'000'007LL), limits);
        scores.set("m" + std::to_string(n), n / 3.0, limits);
    }
    for (Value const& value : {Value(hash), Value(set), Value(scores)}) {
        std::string const payload = write_payload(value);
        Payload const read = read_payload(payload);
        ASSERT_TRUE(read.value.has_value()) << type_name(value);
        EXPECT_EQ(encoding_name(*read.value), encoding_name(value));
        EXPECT_EQ(write_payload(*read.value), payload);
    }
}

TEST(RdbValue, CompressedTextsAreExpanded) {
    Payload const read =
        read_payload("\x00\xc3\t\x1e\x01\x61\x61\xe0\x11\x00\x01\x61\x61\n\x00\x45s|\xbb+d{\xbb"s);
    ASSERT_TRUE(read.value.has_value());
    EXPECT_EQ(std::get<StringValue>(*read.value).view(), std::string(30, 'a'));
    Payload const longer = read_payload(
        "\x00\xc3\x0e\x41,\x03\x61\x62\x63\x61\xe0\xff\x02\xe1\x15\a\x01\x62\x63\n\x00\xd2W3\xce\xc0\x44\xe1+"s);
    ASSERT_TRUE(longer.value.has_value());
    EXPECT_EQ(std::get<StringValue>(*longer.value).view().substr(294), "abcabc");
}

TEST(RdbValue, NonsenseIsRefused) {
    std::string const payload = write_payload(list_of({"a", "b"}));
    for (std::size_t n = 0; n < payload.size(); ++n) {
        std::string broken = payload;
        broken[n] = static_cast<char>(broken[n] ^ 1);
        EXPECT_EQ(read_payload(broken).error, PayloadError::bad_envelope) << n;
        rdb::read_value(broken);  // whatever it holds
    }
}

}  // namespace
}  // namespace keyslot::sim
