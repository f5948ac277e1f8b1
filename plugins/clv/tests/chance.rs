//! Customers drawn by the models themselves, from a fixed seed.

use kehu_clv::{History, Purchases, Spend, Spending};

/// Draws numbers: the generator `SplitMix64`.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between 0 and 1, neither of them.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.share().ln()).sqrt() * (std::f64::consts::TAU * self.share()).cos()
    }

    /// From a gamma distribution of a shape, with rate 1, by Marsaglia and Tsang (2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.share().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.share().ln() < normal * normal / 2.0 + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -self.share().ln() / rate
    }

    /// What is seen of a customer within `age`, and how many purchases follow within `later`.
    pub(crate) fn purchases(&mut self, model: Purchases, age: f64, later: f64) -> (History, f64) {
        let rate = self.gamma(model.r) / model.alpha;
        let (left, right) = (self.gamma(model.a), self.gamma(model.b));
        let drop = left / (left + right);
        let (mut repeats, mut last, mut after, mut now) = (0.0, 0.0, 0.0, 0.0);
        loop {
            now += self.exponential(rate);
            if now > age + later {
                break;
            }
            if now > age {
                after += 1.0;
            } else {
                repeats += 1.0;
                last = now;
            }
            if self.share() < drop {
                break;
            }
        }
        (History { repeats, last, age }, after)
    }

    /// A customer who came at some time before the end of what is seen.
    pub(crate) fn customer(
        &mut self,
        purchases: Purchases,
        spend: Spend,
        longest: f64,
    ) -> (History, Option<Spending>) {
        let age = longest * (0.5 + self.share() / 2.0);
        let (history, _) = self.purchases(purchases, age, 0.0);
        let repeats = history.repeats;
        let scale = self.gamma(spend.q) / spend.gamma;
        let mean = self.gamma(spend.p * repeats.max(1.0)) / scale / repeats.max(1.0);
        (history, (repeats > 0.0).then_some(Spending { repeats, mean }))
    }
}
