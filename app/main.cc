// The millrace program: options in, exit status out.
#include <cstdio>
#include <utility>
#include <variant>

#include "app/config/options.h"
#include "app/gateway.h"

int main(int argc, char** argv) {
  auto parsed = app::parse_options(argc, argv);
  if (const auto* goodbye = std::get_if<app::Goodbye>(&parsed)) {
    std::fputs(goodbye->text.c_str(), goodbye->status == 0 ? stdout : stderr);
    return goodbye->status;
  }
  return app::run_gateway(std::get<app::Options>(std::move(parsed)),
                          [&] { return app::parse_options(argc, argv); });
}
