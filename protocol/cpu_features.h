// CPU features: what this processor can do beyond what the program was compiled for.
//
// Found out once, while static objects are initialized, and constant afterwards; any thread may
// read it. Before that it reads as false, which is merely slower. Always false on other
// architectures.
#pragma once

namespace protocol::detail {

extern const bool kCpuHasAvx2;

}  // namespace protocol::detail
