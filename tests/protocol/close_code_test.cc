#include "protocol/close_code.h"

#include <gtest/gtest.h>

#include <set>

namespace protocol {
namespace {

TEST(CloseCode, ValidOnTheWireOverTheWholeDomain) {
  const std::set<int> registered = {1000, 1001, 1002, 1003, 1007, 1008,
                                    1009, 1010, 1011, 1012, 1013, 1014};
  for (int code = 0; code <= 0xFFFF; ++code) {
    const bool expected = registered.contains(code) || (code >= 3000 && code < 5000);
    ASSERT_EQ(is_valid_on_wire(static_cast<std::uint16_t>(code)), expected) << code;
  }
}

TEST(CloseCode, LocalCodesDoNotTravel) {
  EXPECT_FALSE(is_valid_on_wire(CloseCode::no_status));
  EXPECT_FALSE(is_valid_on_wire(CloseCode::abnormal));
  EXPECT_TRUE(is_valid_on_wire(CloseCode::normal));
}

}  // namespace
}  // namespace protocol
