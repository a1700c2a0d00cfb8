// What judging text costs, by size and language. Report: ns per text, bytes/s.
#include "protocol/utf8.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace {

constexpr std::string_view kAscii = "The quick brown fox jumps over the lazy dog, and comes back. ";
constexpr std::string_view kMixed = "Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich. ";
constexpr std::string_view kWide = "いろはにほへとちりぬるを わかよたれそつねならむ 😀 ";

// Whole characters of the language, over and over, up to `size` bytes or just short of it.
std::string sample_of(std::string_view language, std::size_t size) {
  std::string sample;
  std::size_t at = 0;
  for (;;) {
    std::size_t end = at + 1;
    while (end < language.size() && (static_cast<unsigned char>(language[end]) & 0xC0) == 0x80) {
      ++end;
    }
    if (sample.size() + (end - at) > size) return sample;
    sample += language.substr(at, end - at);
    at = end == language.size() ? 0 : end;
  }
}

void utf8(benchmark::State& state, std::string_view language) {
  const std::string sample = sample_of(language, static_cast<std::size_t>(state.range(0)));
  const auto bytes = base::as_bytes(sample);
  for (auto _ : state) {
    benchmark::DoNotOptimize(sample.data());
    bool valid = protocol::is_valid_utf8(bytes);
    benchmark::DoNotOptimize(valid);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample.size()));
}
BENCHMARK_CAPTURE(utf8, ascii, kAscii)->Arg(16)->Arg(64)->Arg(512)->Arg(65536);
BENCHMARK_CAPTURE(utf8, mixed, kMixed)->Arg(16)->Arg(64)->Arg(512)->Arg(65536);
BENCHMARK_CAPTURE(utf8, wide, kWide)->Arg(16)->Arg(64)->Arg(512)->Arg(65536);

// A text in fragments of 1,000 bytes, which cut characters.
void utf8_incremental(benchmark::State& state) {
  const std::string sample = sample_of(kWide, 65536);
  const auto bytes = base::as_bytes(sample);
  for (auto _ : state) {
    protocol::Utf8Validator validator;
    for (auto rest = bytes; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(1000, rest.size());
      validator.feed(rest.first(size));
      rest = rest.subspan(size);
    }
    bool complete = validator.complete();
    benchmark::DoNotOptimize(complete);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample.size()));
}
BENCHMARK(utf8_incremental);

}  // namespace
