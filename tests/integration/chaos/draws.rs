//! What fails when, from a seed.

use std::time::Duration;

/// Between two draws.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// Numbers that are the same for the same seed (splitmix64).
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }

    pub(super) fn millis_below(&mut self, end: u64) -> Duration {
        Duration::from_millis(self.below(end))
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("an index")]
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Draw {
    Nothing,
    /// SIGKILL for a replica, which is back after a while.
    Kill(u64, Duration),
    /// SIGSTOP for a replica, for longer than its leases.
    Pause(u64),
    /// SIGTERM for a replica, which is back when it has ended.
    Stop(u64),
    /// SIGKILL for Redis, which is back after a while with what it has acknowledged.
    KillRedis(Duration),
    /// SIGSTOP for Redis.
    PauseRedis(Duration),
    /// All connections to Redis are cut.
    Cut,
}

/// One draw for each tick, without end.
pub(super) struct Draws(Random);

impl Draws {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }
}

impl Iterator for Draws {
    type Item = Draw;

    fn next(&mut self) -> Option<Draw> {
        let random = &mut self.0;
        let (percent, replica) = (random.below(100), random.below(1 << 32));
        let (long, short) = (random.millis_below(2000), random.millis_below(800));
        Some(match percent {
            0..8 => Draw::Kill(replica, long),
            8..12 => Draw::Pause(replica),
            12..14 => Draw::KillRedis(short),
            14..16 => Draw::PauseRedis(short),
            16..18 => Draw::Cut,
            18 => Draw::Stop(replica),
            _ => Draw::Nothing,
        })
    }
}
