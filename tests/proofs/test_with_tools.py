"""The small forms of the proofs that need strace, libfaketime or the right to mount; where one lacks, they fail."""

import pytest

from tests.proofs import clock_jumps, disks, kill_sweep, power_loss

pytestmark = pytest.mark.proof


@pytest.mark.parametrize(("ledger", "transport"), [("sqlite", "smtp"), ("sqlite", "folder"), ("postgres", "smtp")])
def test_a_kill_at_any_call_loses_nothing(ledger, transport):
    met = kill_sweep.sweep(ledger, transport, stride=71, jobs=1)
    assert kill_sweep.violations(met) == []
    assert len(met) > 3


def test_a_sweep_that_killed_nothing_proves_nothing():
    point = kill_sweep.Point("fsync", 1)
    assert kill_sweep.violations([kill_sweep.Met(point, killed=False)])
    assert kill_sweep.violations([])


def test_a_lost_mail_and_a_copy_out_of_nowhere_are_violations():
    point = kill_sweep.Point("fsync", 1)
    assert kill_sweep.violations([kill_sweep.Met(point, recovered=True, lost=1)])
    assert kill_sweep.violations([kill_sweep.Met(point, recovered=True, unexplained=1)])
    assert kill_sweep.violations([kill_sweep.Met(point, recovered=True)]) == []


def test_what_the_ledger_wrote_is_on_disk_before_a_byte_leaves():
    assert power_loss.order_of_calls().wrong == []


def test_synchronous_normal_is_seen():
    assert power_loss.order_of_calls(careless=True).wrong


def test_the_daemon_ticks_soon_after_any_jump_of_the_clock():
    took = clock_jumps.jumps(2)
    assert {jump: seconds for jump, seconds in took.items() if seconds > clock_jumps.limit(2)} == {}


def test_a_full_disk_sends_nothing_that_cannot_be_recorded():
    assert disks.main(["--steps", "4"]) == 0
