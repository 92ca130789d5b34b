#include "client/protocol/hash_slot.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace keyslot::protocol {
namespace {

using std::string_view_literals::operator""sv;

TEST(HashSlot, IsCrc16OfTheXmodemKind) {
    EXPECT_EQ(crc16("123456789"), 0x31C3);
    EXPECT_EQ(crc16(""), 0);
}

TEST(HashSlot, IsWhatClusterKeyslotAnswers) {
    std::string const xs(100, 'x');
    std::pair<std::string_view, int> const recorded[] = {
        {"", 0},
        {"a", 15495},
        {"foo", 12182},
        {"bar", 5061},
        {"hello", 866},
        {"123456789", 12739},
        {"key:1", 6657},
        {"somekey", 11058},
        {"hash_tag", 2515},
        {"foo{hash_tag}", 2515},
        {"bar{hash_tag}", 2515},
        {"user1000", 3443},
        {"{user1000}.following", 3443},
        {"{user1000}.followers", 3443},
        {"user:1", 10778},
        {"{user:1}:a", 10778},
        {"foo{bar}{zap}", 5061},
        {"foo}{bar}", 5061},
        {"{foo}bar{", 12182},
        {"{a}b{c}", 15495},
        {"{a}{b}", 15495},
        {"foo{}{bar}", 8363},
        {"{}", 15257},
        {"{}foo", 9500},
        {"x{}", 2608},
        {"x{}{y}", 14166},
        {"x{}y}", 1123},
        {"foo{{bar}}zap", 4015},
        {"{bar", 4015},
        {"{{a}}", 10276},
        {"{a", 10276},
        {"a}", 5921},
        {"}{", 12793},
        {"foo{", 7673},
        {"foo}", 15679},
        {"{{}}", 4092},
        {"x{y", 2740},
        {" ", 9314},
        {"{ }", 9314},
        {"\0"sv, 0},
        {"{\0}"sv, 0},
        {"\xff\xfe", 3374},
        {"a\r\nb", 3608},
        {"\xc3\xa9", 10180},
        {"\xce\xa9{\xc3\xa9}", 10180},
        {"key with space", 15749},
        {"012345678901234567890123456789", 9622},
        {xs, 2134},
    };
    for (auto const& [key, slot] : recorded) {
        EXPECT_EQ(hash_slot(key), slot) << key;
    }
}

TEST(HashSlot, SlicesGiveWhatSingleBitsGive) {
    auto const bit_by_bit = [](std::string_view bytes) {
        unsigned crc = 0;
        for (char const byte : bytes) {
            crc ^= unsigned{static_cast<unsigned char>(byte)} << 8;
            for (int bit = 0; bit < 8; ++bit) {
                crc = ((crc << 1) ^ ((crc & 0x8000u) != 0 ? 0x1021u : 0u)) & 0xffffu;
            }
        }
        return crc;
    };
    std::string key;
    for (unsigned length = 0; length < 80; ++length) {
        EXPECT_EQ(crc16(key), bit_by_bit(key)) << length;
        key += static_cast<char>((length * 151 + 17) & 0xffu);
    }
}

TEST(HashSlot, HashesTheFirstTagOnlyAndOnlyIfItIsNotEmpty) {
    EXPECT_EQ(hashed_part("a{b}c{d}"), "b");
    EXPECT_EQ(hashed_part("a{}c{d}"), "a{}c{d}");
    EXPECT_EQ(hashed_part("a}b{c"), "a}b{c");
    EXPECT_EQ(hashed_part("a{{b}}"), "{b");
}

}  // namespace
}  // namespace keyslot::protocol
