# shellcheck shell=bash disable=SC2034,SC2153
# The demo's shifted clock: libfaketime before every part. The product knows nothing of it.

CLOCK=()

# shift_clock +740d
shift_clock() {
    local library
    library=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -n 1)
    # Durations stay real: only the calendar moves.
    CLOCK=("LD_PRELOAD=$library" "FAKETIME=$1" FAKETIME_DONT_FAKE_MONOTONIC=1)
}
