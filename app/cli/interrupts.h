// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism::cli {

/// Takes Ctrl-C for cancelling from now on; the handler stays for one signal, so that a second one
/// kills.
void takeInterrupts();
/// Whether Ctrl-C was pressed since.
bool interruptRequested();

} // namespace bitprism::cli
