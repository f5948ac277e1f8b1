//! Numbers that look random and are the same for ever.

/// Draws numbers from a seed: xoshiro256**, seeded by `SplitMix64`, both as published.
///
/// Written here because the generators of libraries may change their streams between versions, and
/// those that promise not to are far heavier than this.
///
/// ```
/// use kehu_sample::Random;
/// let (mut one, mut two) = (Random::new(42), Random::new(42));
/// assert_eq!(one.below(1_000), two.below(1_000));
/// ```
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

/// One step of `SplitMix64`, which also serves to scatter numbers.
pub(crate) fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Random {
    /// Begins the stream of a seed.
    pub fn new(seed: u64) -> Self {
        let step = |at: u64| mix(seed.wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        Self { state: [step(0), step(1), step(2), step(3)] }
    }

    /// Begins one of many streams of a seed: what is drawn from one does not move the others.
    pub fn stream(seed: u64, number: u64) -> Self {
        Self::new(mix(seed) ^ mix(number.wrapping_add(1)))
    }

    /// Draws 64 bits.
    pub fn draw(&mut self) -> u64 {
        let state = &mut self.state;
        let drawn = state[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        drawn
    }

    /// Draws a number from 0 up to but not including `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        high(self.draw(), bound)
    }

    /// Draws a number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most.saturating_sub(least).max(0).unsigned_abs();
        least + self.below(span.saturating_add(1)).cast_signed()
    }

    /// Says yes in so many of a hundred cases.
    pub fn percent(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// Picks one of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// The upper half of a product: a fraction of `whole`, if `part` is a fraction of 2^64.
pub(crate) fn high(part: u64, whole: u64) -> u64 {
    ((u128::from(part) * u128::from(whole)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeding_is_the_published_one() {
        // The first numbers of SplitMix64 from 1234567, as its authors give them.
        let step =
            |at: u64| mix(1_234_567_u64.wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        assert_eq!(step(0), 6_457_827_717_110_365_317);
        assert_eq!(step(1), 3_203_168_211_198_807_973);
    }

    #[test]
    fn the_stream_is_the_published_one_and_stays_so() {
        // The first numbers of xoshiro256** from the state 1, 2, 3, 4.
        let mut random = Random { state: [1, 2, 3, 4] };
        let drawn: Vec<u64> = (0..4).map(|_| random.draw()).collect();
        assert_eq!(drawn, [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240]);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = Random::new(3);
        let drawn: Vec<i64> = (0..1_000).map(|_| random.between(-2, 2)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-2), Some(&2)));
        assert_eq!(random.below(0), 0);
        assert!(random.percent(100) && !random.percent(0));
    }
}
