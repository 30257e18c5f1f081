// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancellation.h" // throwIfStopped(): kernels call it at least every 100 ms
