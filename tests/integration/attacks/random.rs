//! Random input that can be had again.

use std::env;

/// Random numbers from a seed: a fixed one, or that of the environment variable `SEED`.
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) fn new() -> Self {
        let seed = env::var("SEED").map_or(0x2545_f491_4f6c_dd1d, |seed| {
            seed.parse().expect("SEED is a number greater than zero")
        });
        // A test shows it when it fails.
        println!("SEED={seed}");
        Self { state: seed }
    }

    /// Smaller than `end`, which is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % end as u64).expect("it is smaller than a usize")
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// How often a test of random input tries: `usual`, or what the environment variable `TRIES` says.
pub(super) fn tries(usual: usize) -> usize {
    env::var("TRIES").map_or(usual, |tries| tries.parse().expect("TRIES is a number"))
}
