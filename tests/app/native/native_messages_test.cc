#include "app/native/native_messages.h"

#include <gtest/gtest.h>

#include <string>

#include "app/gateway_limits.h"
#include "base/bytes.h"

namespace app {
namespace {

void expect_round_trip(const std::string& tenant, const std::string& user, const std::string& id,
                       const std::string& message,
                       protocol::Opcode opcode = protocol::Opcode::text) {
  engine::ParcelPool pool;
  const Addressed written{tenant, user, id, base::as_bytes(message), opcode};
  engine::Parcel* parcel = written.make_parcel(pool);
  EXPECT_EQ(parcel->bytes().size(), 4 + tenant.size() + user.size() + id.size() + message.size());
  const Addressed read = Addressed::read(parcel->bytes());
  EXPECT_EQ(read.tenant, tenant);
  EXPECT_EQ(read.user, user);
  EXPECT_EQ(read.id, id);
  EXPECT_EQ(base::as_text(read.message), message);
  EXPECT_EQ(read.opcode, opcode);
  parcel->release();
}

TEST(Addressed, IsReadAsItWasWritten) {
  expect_round_trip("acme", "ann",
                    "bob\x1f"
                    "c-1",
                    "{\"event\":\"x\"}");
  expect_round_trip("acme", "", "", "to a connection");
  expect_round_trip("", "", "", "");
  expect_round_trip("acme", "ann", "", "voice", protocol::Opcode::binary);
  expect_round_trip(std::string(kTenantBytesMax, 't'), std::string(kUserBytesMax, '\xFF'),
                    std::string(UINT8_MAX, 'i'), std::string(100'000, 'm'));
}

TEST(NativeMessage, KindsAreApartFromThoseOfTheEngine) {
  int native = 0;
  for (int kind = 0; kind < 256; ++kind) {
    native += is_native_message(static_cast<std::uint8_t>(kind)) ? 1 : 0;
  }
  EXPECT_EQ(native, 12);
  EXPECT_FALSE(is_native_message(0x3F));
  EXPECT_TRUE(is_native_message(static_cast<std::uint8_t>(NativeMessage::user_arrived)));
  EXPECT_TRUE(is_native_message(static_cast<std::uint8_t>(NativeMessage::receipt)));
}

}  // namespace
}  // namespace app
