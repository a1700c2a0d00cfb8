#include "millrace/embedded_shard.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "millrace/request_head.h"
#include "protocol/http_response.h"

namespace millrace {

namespace {

constexpr std::uint16_t kStatusLeast = 200;
constexpr std::uint16_t kStatusMost = 599;
constexpr std::uint16_t kStatusRefusing = 400;  // From here on it says why not (RFC 9110 15).

// What comes before a head's end must not be able to end it.
std::string without_control_characters(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) kept += c;
  }
  return kept;
}

}  // namespace

std::string write_response(const Response& response) {
  const bool known = response.status >= kStatusLeast && response.status <= kStatusMost;
  const auto status = known ? static_cast<protocol::HttpStatus>(response.status)
                            : protocol::HttpStatus::internal_error;
  return protocol::write_response(status, without_control_characters(response.content_type),
                                  response.body);
}

EmbeddedShard::EmbeddedShard(engine::Shard& shard, engine::ConnectionGate& gate,
                             const engine::SessionOptions& session,
                             const engine::RoomOptions& rooms, const Options& options)
    : engine::WebSocketShard(shard, gate, session,
                             static_cast<std::uint32_t>(options.listen.size()), rooms),
      facade_(*this),
      tasks_(options.posted_tasks_max) {
  set_handlers(*this, *this);
}

base::Status EmbeddedShard::open(const HandlerFactory& factory) {
  if (base::Status opened = WebSocketShard::open(); !opened.ok()) return opened;
  handler_ = factory(facade_);
  if (handler_ == nullptr) return base::Error{"the handler factory made no handler"};
  return {};
}

bool EmbeddedShard::owns(const SessionId& id) noexcept {
  return id.shard == shard().number() && id.slot < shard().connections().capacity();
}

SessionId EmbeddedShard::public_id(engine::SessionId id) noexcept {
  return {.slot = id.slot, .generation = id.generation, .shard = shard().number()};
}

// ---- The shard's turn ---------------------------------------------------------------------------

void EmbeddedShard::on_start() noexcept {
  handler_->on_start();
  WebSocketShard::on_start();
}

engine::StepResult EmbeddedShard::run_tasks() noexcept {
  const bool more = tasks_.run(facade_, base::kPostedTasksPerTurn);
  const engine::StepResult rooms = WebSocketShard::run_tasks();
  return more ? engine::StepResult::more : rooms;
}

// ---- From the engine to the handler -------------------------------------------------------------

engine::Admission EmbeddedShard::on_request(engine::SessionId id,
                                            const protocol::HttpRequest& request,
                                            bool upgradable) noexcept {
  using Verdict = engine::Admission::Verdict;
  const RequestHead head{request};
  const Request seen(head);
  if (!upgradable) {
    const std::optional<Response> page = handler_->on_page(seen);
    if (!page) return {.verdict = Verdict::accept};  // Is told what its upgrade lacks.
    return {.verdict = page->status < kStatusRefusing ? Verdict::serve : Verdict::respond,
            .response = write_response(*page)};
  }
  Answer answer = handler_->on_request(public_id(id), seen);
  if (answer.verdict == Answer::Verdict::refuse) {
    return {.verdict = Verdict::respond, .response = write_response(answer.response)};
  }
  const bool offered = seen.offers_subprotocol(answer.subprotocol);
  subprotocol_ = offered ? std::move(answer.subprotocol) : std::string();
  const bool pending = answer.verdict == Answer::Verdict::pending;
  return {.verdict = pending ? Verdict::pending : Verdict::accept,
          .context = answer.context,
          .subprotocol = subprotocol_};
}

void EmbeddedShard::on_open(engine::SessionId id) noexcept { handler_->on_open(public_id(id)); }

void EmbeddedShard::on_message(engine::SessionId id, protocol::Opcode opcode,
                               std::span<std::byte> payload) noexcept {
  const Kind kind = opcode == protocol::Opcode::text ? Kind::text : Kind::binary;
  handler_->on_message(public_id(id), {.kind = kind, .bytes = payload});
}

void EmbeddedShard::on_close(engine::SessionId id, const engine::CloseInfo& info) noexcept {
  handler_->on_close(public_id(id), {.reason = static_cast<CloseReason>(info.reason),
                                     .code = info.code,
                                     .opened = info.opened,
                                     .context = sessions().context(id)});
}

void EmbeddedShard::on_connect_failed(std::uint64_t /*context*/,
                                      const engine::ConnectFailure& /*failure*/) noexcept {
  CHECK(false);  // Nobody here connects.
}

void EmbeddedShard::on_joined(engine::SessionId session, engine::RoomHandle room) noexcept {
  handler_->on_joined(public_id(session), {.index = room.index, .generation = room.generation});
}

void EmbeddedShard::on_join_failed(engine::SessionId session, std::string_view /*room*/) noexcept {
  handler_->on_join_failed(public_id(session));
}

void EmbeddedShard::on_published(engine::SessionId session, std::uint64_t ticket,
                                 const engine::PublishAnswer& answer) noexcept {
  if (!sessions().is_alive(session)) return;
  handler_->on_published(public_id(session), ticket,
                         {.number = answer.number,
                          .matched = answer.members.matched(),
                          .queued = answer.members.queued,
                          .conflated = answer.members.conflated,
                          .dropped = answer.members.dropped,
                          .remote = answer.remote,
                          .known = answer.known});
}

}  // namespace millrace
