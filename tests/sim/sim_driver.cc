#include "tests/sim/sim_driver.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

namespace {

using sim::Event;
using sim::EventKind;
using sim::Fault;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Descriptor kNoDescriptor = UINT32_MAX;
constexpr std::uint32_t kBufferBytesMost =
    4096;  // All of them are spoilt each time they come back.
constexpr base::Duration kPromptMost = microseconds{3};
constexpr base::Duration kLateMost = milliseconds{20};

Tag as_returned(const Tag& tag) noexcept { return unpack_tag(pack_tag(tag)); }

}  // namespace

base::Result<std::unique_ptr<SimDriver>> SimDriver::open(const DriverOptions& options) {
  return std::unique_ptr<SimDriver>(new SimDriver(sim::Network::current(), options));
}

SimDriver::SimDriver(sim::Network& network, const DriverOptions& options)
    : network_(network),
      options_(options),
      number_(network.add(*this)),
      prng_(options.seed),
      small_buffers_(0, options.receive_buffers, options.small_receive_buffer_bytes()),
      large_buffers_(options.receive_buffers, options.receive_buffers,
                     std::min(options.receive_buffer_bytes, kBufferBytesMost)),
      slots_(options.descriptors) {
  for (Descriptor i = options.descriptors; i > 0; --i) free_slots_.push_back(i - 1);
}

SimDriver::~SimDriver() { network_.remove(number_); }

base::Result<Listening> SimDriver::listen(const Address& address) {
  // The first shard of a group shares with nobody; the others share with it.
  if (options_.shard == 0 && network_.port_taken(address.port())) {
    return base::Error{"cannot listen on " + address.text() + ": it is in use"};
  }
  Address bound = address;
  const auto listener = static_cast<std::uint32_t>(listeners_.size());
  listeners_.push_back({.number = network_.listen(number_, listener, bound)});
  return Listening{.listener = listener, .bound = bound};
}

void SimDriver::stop_listening(std::uint32_t listener) noexcept {
  CHECK(listener < listeners_.size());
  network_.stop_listening(listeners_[listener].number);
  while (listeners_[listener].waits()) end_accept(listeners_[listener], -EINVAL);
}

void SimDriver::meet(std::span<SimDriver* const> peers) noexcept {
  peers_.assign(peers.begin(), peers.end());
}

base::Status SimDriver::start() {
  CHECK(!started_);
  started_ = true;
  now_ = network_.now();
  return {};
}

void SimDriver::wake_from_outside() noexcept {
  wake({OperationKind::wake, options_.shard, 0}, true);
}

std::uint32_t SimDriver::descriptors_open() const noexcept {
  return static_cast<std::uint32_t>(slots_.size() - free_slots_.size());
}

// ---- Staging and turning ------------------------------------------------------------------------

bool SimDriver::stage(const Submission& submission) noexcept {
  CHECK(submission.tag.kind != OperationKind::wake);
  if (sim::Waiter* waiter = network_.waiter(); waiter != nullptr) waiter->preempt(*this);
  if (!refusing_) refusing_ = network_.faults().strikes(Fault::stage_refused);
  if (refusing_) return false;
  if (staged_.size() == options_.submissions) execute_staged();
  staged_.push_back(submission);
  return true;
}

void SimDriver::execute_staged() {
  for (const Submission& submission : staged_) execute(submission);
  staged_.clear();
}

std::uint32_t SimDriver::turn(std::span<Completion> out, base::Instant deadline) noexcept {
  CHECK(started_);
  CHECK(!out.empty());
  small_buffers_.publish();
  large_buffers_.publish();
  execute_staged();
  refusing_ = false;
  worked_ = network_.now() - now_;
  if (network_.faults().strikes(Fault::wake_spurious)) wake_from_outside();
  if (sim::Waiter* waiter = network_.waiter(); waiter != nullptr) waiter->wait(*this, deadline);
  now_ = network_.now();
  std::size_t count = std::min(out.size(), ready_.size());
  if (count > 1 && network_.faults().strikes(Fault::turn_partial)) {
    count = 1 + network_.prng().below(count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Due due = ready_.front();
    ready_.pop_front();
    out[i] = due.completion;
    hand_out(due.completion, due.counted);
  }
  settled_ = ready_.empty();
  return static_cast<std::uint32_t>(count);
}

void SimDriver::hand_out(const Completion& completion, bool counted) {
  sim::EventTrace& trace = network_.trace();
  trace.note(pack_tag(completion.tag));
  trace.note(std::uint64_t{number_} << 40U | std::uint64_t{completion.more} << 33U |
             std::uint64_t{completion.has_buffer} << 32U |
             static_cast<std::uint32_t>(completion.result));
  trace.note(completion.received());
  if (!counted || completion.more) return;
  const Descriptor descriptor = completion.tag.slot;
  Slot& slot = slots_[descriptor];
  CHECK(slot.in_flight > 0);
  --slot.in_flight;
  --in_flight_;
  const OperationKind kind = completion.tag.kind;
  if (kind == OperationKind::send) CHECK(hash_of_send(slot) == slot.send_hash);
  if (kind == OperationKind::connect && completion.result < 0) free_slot(descriptor);
}

void SimDriver::post(const Completion& completion, base::Instant due, bool counted) {
  network_.schedule_at(due, {.kind = EventKind::completion,
                             .driver = number_,
                             .completion = completion,
                             .counted = counted});
}

base::Instant SimDriver::completion_due() {
  const bool late = network_.faults().strikes(Fault::completion_late);
  return network_.now() + network_.draw_duration(late ? kLateMost : kPromptMost);
}

void SimDriver::happen(const Event& event) {
  if (event.kind == EventKind::completion) {
    ready_.push_back({event.completion, event.counted});
  } else if (event.kind == EventKind::run_accept) {
    run_accept(event.subject);
  } else if (slots_[event.subject].epoch == event.epoch) {
    if (event.kind == EventKind::run_receive) run_receive(event.subject);
    if (event.kind == EventKind::run_send) run_send(event.subject);
  }
}

// ---- Descriptors --------------------------------------------------------------------------------

Descriptor SimDriver::allocate_slot() {
  if (free_slots_.empty()) return kNoDescriptor;
  const Descriptor descriptor = free_slots_.back();
  free_slots_.pop_back();
  CHECK(slots_[descriptor].state == SlotState::free);
  return descriptor;
}

void SimDriver::free_slot(Descriptor descriptor) {
  Slot& slot = slots_[descriptor];
  CHECK(slot.in_flight == 0);
  const std::uint32_t epoch = slot.epoch + 1;
  slot = Slot{};
  slot.epoch = epoch;
  free_slots_.push_back(descriptor);
}

// The slot that the submission is about; none answers as the kernel does.
SimDriver::Slot* SimDriver::open_slot(const Submission& submission) {
  CHECK(submission.descriptor < slots_.size());
  Slot& slot = slots_[submission.descriptor];
  if (slot.state == SlotState::open) return &slot;
  post({.tag = as_returned(submission.tag), .result = -EBADF}, completion_due(), false);
  return nullptr;
}

// ---- What is asked for --------------------------------------------------------------------------

void SimDriver::execute(const Submission& submission) {
  switch (submission.tag.kind) {
    case OperationKind::accept:
      accept(submission);
      break;
    case OperationKind::connect:
      connect(submission);
      break;
    case OperationKind::receive:
      receive(submission);
      break;
    case OperationKind::poll:
      poll(submission);
      break;
    case OperationKind::settle:
      settle(submission);
      break;
    case OperationKind::hand_over:
      hand_over(submission);
      break;
    case OperationKind::send:
      send(submission);
      break;
    case OperationKind::cancel:
      cancel(submission);
      break;
    case OperationKind::close:
      close(submission);
      break;
    case OperationKind::ring:
      ring(submission);
      break;
    case OperationKind::wake:
    case OperationKind::arrival:
      CHECK(false && "nobody submits a wake");
      break;
  }
}

void SimDriver::accept(const Submission& submission) {
  CHECK(submission.tag.slot < listeners_.size());
  Listener& listener = listeners_[submission.tag.slot];
  CHECK(!listener.multishot.has_value());
  CHECK(submission.once || listener.singles.empty());
  const Accept accept{.tag = as_returned(submission.tag), .peer = submission.peer};
  if (submission.once) {
    listener.singles.push_back(accept);
  } else {
    listener.multishot = accept;
  }
  if (!network_.listens(listener.number)) {
    end_accept(listener, -EINVAL);
  } else if (network_.has_backlog(listener.number)) {
    on_backlog(submission.tag.slot);
  }
}

void SimDriver::connect(const Submission& submission) {
  CHECK(submission.address != nullptr);
  Tag tag = as_returned(submission.tag);
  const Descriptor descriptor = allocate_slot();
  tag.slot = descriptor;
  if (descriptor == kNoDescriptor) {
    post({.tag = tag, .result = -ENFILE}, completion_due(), false);
    return;
  }
  Slot& slot = slots_[descriptor];
  slot.state = SlotState::connecting;
  slot.connect_tag = tag;
  ++slot.in_flight;
  ++in_flight_;
  slot.socket = network_.connect(number_, descriptor, *submission.address);
}

void SimDriver::receive(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  CHECK(slot->socket != sim::kNobody);
  CHECK(!slot->receiving);
  slot->receiving = true;
  slot->receive_fresh = true;
  slot->receive_single = submission.once;
  slot->receive_size = submission.buffers;
  slot->receive_tag = as_returned(submission.tag);
  ++slot->in_flight;
  ++in_flight_;
  schedule_receive(submission.descriptor);
}

void SimDriver::poll(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  CHECK(!slot->receiving && !slot->polling);
  slot->polling = true;
  slot->poll_tag = as_returned(submission.tag);
  ++slot->in_flight;
  ++in_flight_;
  schedule_receive(submission.descriptor);
}

// Ends the receive, the poll or the send alone, if there is one; only a failure is told.
void SimDriver::settle(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  const bool send = submission.ends == OperationKind::send;
  const bool poll = submission.ends == OperationKind::poll;
  const bool raced = network_.faults().strikes(Fault::cancel_races);
  if (raced && send) run_send(submission.descriptor);
  if (raced && !send) run_receive(submission.descriptor);
  const bool armed = send ? slot->sending : poll ? slot->polling : slot->receiving;
  if (armed && !raced) {
    if (send) {
      cancel_send(*slot);
    } else if (poll) {
      end_poll(*slot, -ECANCELED);
    } else {
      end_receive(*slot, -ECANCELED);
    }
    return;
  }
  const std::int32_t result = armed ? -EALREADY : -ENOENT;
  post({.tag = as_returned(submission.tag), .result = result}, completion_due(), false);
}

void SimDriver::hand_over(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  CHECK(slot->in_flight == 0);
  CHECK(slot->socket != sim::kNobody);
  ++slot->in_flight;
  ++in_flight_;
  SimDriver& other = *peers_[submission.shard];
  const base::Instant due = completion_due();
  const bool full = network_.faults().strikes(Fault::hand_over_fails);
  const Descriptor descriptor = full ? kNoDescriptor : other.allocate_slot();
  const Completion answer{.tag = as_returned(submission.tag)};
  if (descriptor == kNoDescriptor) {
    post({.tag = answer.tag, .result = -ENFILE}, due, true);
    return;
  }
  Slot& theirs = other.slots_[descriptor];
  theirs.state = SlotState::open;
  theirs.socket = std::exchange(slot->socket, sim::kNobody);
  network_.move(theirs.socket, other.number_, descriptor);
  other.post({.tag = as_returned({OperationKind::arrival, submission.ticket, options_.shard}),
              .result = static_cast<std::int32_t>(descriptor)},
             due, false);
  post(answer, due + network_.draw_duration(kPromptMost), true);
}

void SimDriver::send(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  CHECK(!slot->sending);
  slot->sending = true;
  slot->send_tag = as_returned(submission.tag);
  slot->segments.clear();
  if (submission.segments == nullptr) {
    slot->segments.push_back({const_cast<std::byte*>(submission.data), submission.size});
  } else {
    slot->segments.assign(submission.segments, submission.segments + submission.size);
  }
  slot->sent = 0;
  slot->send_size = 0;
  for (const iovec& segment : slot->segments) slot->send_size += segment.iov_len;
  CHECK(slot->send_size > 0);
  slot->send_hash = hash_of_send(*slot);
  ++slot->in_flight;
  ++in_flight_;
  if (submission.prompt) return send_promptly(*slot);
  const bool late = network_.faults().strikes(Fault::send_late);
  schedule_send(submission.descriptor, network_.draw_duration(late ? kLateMost : kPromptMost));
}

void SimDriver::cancel(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  ++slot->in_flight;
  ++in_flight_;
  const bool raced = network_.faults().strikes(Fault::cancel_races);
  if (raced) {  // What is about to complete completes, and the cancel comes too late for it.
    run_send(submission.descriptor);
    run_receive(submission.descriptor);
  }
  std::int32_t found = 0;
  if (slot->sending) {
    ++found;
    cancel_send(*slot);
  }
  if (slot->receiving) {
    ++found;
    end_receive(*slot, -ECANCELED);
  }
  if (slot->polling) {
    ++found;
    end_poll(*slot, -ECANCELED);
  }
  if (raced) found = network_.prng().below(2) == 0 ? -ENOENT : -EALREADY;
  post({.tag = as_returned(submission.tag), .result = found}, completion_due(), true);
}

void SimDriver::close(const Submission& submission) {
  Slot* slot = open_slot(submission);
  if (slot == nullptr) return;
  CHECK(slot->in_flight == 0);
  if (slot->socket != sim::kNobody) network_.close(slot->socket);
  free_slot(submission.descriptor);
}

void SimDriver::ring(const Submission& submission) {
  CHECK(submission.tag.slot < peers_.size());
  if (network_.faults().strikes(Fault::ring_fails)) {
    post({.tag = as_returned(submission.tag), .result = -EOVERFLOW}, completion_due(), false);
    return;
  }
  peers_[submission.tag.slot]->wake({OperationKind::wake, options_.shard, 0}, false);
}

void SimDriver::wake(const Tag& tag, bool more) {
  const Completion completion{.tag = tag, .result = 0, .more = more};
  const std::uint32_t wakes = network_.faults().strikes(Fault::wake_doubled) ? 2 : 1;
  for (std::uint32_t i = 0; i < wakes; ++i) {
    const bool late = network_.faults().strikes(Fault::wake_late);
    post(completion, network_.now() + network_.draw_duration(late ? kLateMost : kPromptMost),
         false);
  }
}

}  // namespace engine
