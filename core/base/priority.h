// Who comes first where processors are scarce.
#pragma once

namespace pentimento {

/// The calling thread, and those that it starts from now on (OpenMP's), stand behind threads of a
/// lower niceness: 0 … 19 as in nice(1). Never takes back what the program was started with. Linux
/// only; elsewhere nothing happens.
void be_nice(int niceness);

}  // namespace pentimento
