// The threads on which Qt paints for the window.
#pragma once

namespace pentimento::ui {

/// Qt 6 fills larger areas of a transparent colour on threads of QThreadPool::globalInstance(), and
/// the window waits for them. A thread begins as nice as the one that starts it, and one that was
/// started by work in the background, for a thumbnail, then painted for the window as nicely as a
/// training computes: 0.2 s until its turn came. Here all of them are started by the window's
/// thread, and stay. For the beginning, once there is an application.
void start_painting_threads();

}  // namespace pentimento::ui
