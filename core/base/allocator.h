// How the C library keeps memory that large tensors come and go in.
#pragma once

namespace pentimento {

/// The first thing in main(). Large blocks then stay with the process when they are freed, and the
/// next tensor of that size finds them: by default each one is taken from the system anew, which
/// clears it page by page, and that costs a training step up to a third of its time. All threads
/// share one pool. Does nothing where the C library is not glibc.
void keep_freed_memory();

/// Gives what is free back to the system: for when a run has ended. Other threads wait for memory
/// meanwhile, some 0.1 s a gigabyte.
void return_freed_memory();

}  // namespace pentimento
