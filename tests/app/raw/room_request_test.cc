#include "app/raw/room_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of(std::string_view query) {
  const auto request = RoomRequest::parse(query);
  return request.ok() ? "none" : request.error().message;
}

TEST(RoomRequest, ARoomAloneMeansToHearEverything) {
  const RoomRequest request = RoomRequest::parse("room=lobby").take();
  EXPECT_THAT(request.rooms, ElementsAre("lobby"));
  EXPECT_TRUE(request.echo);
  EXPECT_FALSE(request.answers);
  EXPECT_EQ(request.key, 0U);
}

TEST(RoomRequest, SeveralRoomsKeepTheirOrderAndComeOnce) {
  EXPECT_THAT(RoomRequest::parse("room=b&room=a&echo=off&room=b&room=%63").take().rooms,
              ElementsAre("b", "a", "c"));
}

TEST(RoomRequest, SwitchesAndKey) {
  const RoomRequest request = RoomRequest::parse("room=r&echo=off&answers=on&key=EURUSD").take();
  EXPECT_FALSE(request.echo);
  EXPECT_TRUE(request.answers);
  EXPECT_NE(request.key, 0U);
}

TEST(RoomRequest, SaysWhatIsWrong) {
  EXPECT_THAT(error_of(""), HasSubstr("room=NAME"));
  EXPECT_THAT(error_of("room="), HasSubstr("room=NAME"));
  EXPECT_THAT(error_of("room=a&room="), HasSubstr("is empty"));
  EXPECT_THAT(error_of("room=a&room=%4"), HasSubstr("an escape"));
  EXPECT_THAT(error_of("room=r&echo=maybe"), HasSubstr("echo is on or off"));
  EXPECT_THAT(error_of("room=r&answers=1"), HasSubstr("answers is on or off"));
  EXPECT_THAT(error_of("room=" + std::string(base::kRoomNameBytesMax + 1, 'r')),
              HasSubstr("at most 255 bytes"));
  std::string many = "echo=on";
  for (std::size_t i = 0; i < base::kRoomsPerRequestMost; ++i)
    many += "&room=r" + std::to_string(i);
  EXPECT_EQ(error_of(many), "none");
  EXPECT_THAT(error_of(many + "&room=one-more"), HasSubstr("at most 64 rooms"));
}

}  // namespace
}  // namespace app
