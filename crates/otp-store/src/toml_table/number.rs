//! The widths of whole numbers that can be taken.

/// A whole number of some width.
pub(crate) trait Number {
    /// What refusals call it.
    const NAME: &'static str;
    /// The least, and the most.
    const RANGE: (i64, u64);

    /// From the bits of one in the range.
    fn from_bits(bits: u64) -> Self;
}

macro_rules! unsigned {
    ($($number:ident)*) => {$(
        impl Number for $number {
            const NAME: &'static str = stringify!($number);
            const RANGE: (i64, u64) = (0, $number::MAX as u64);

            fn from_bits(bits: u64) -> Self {
                // It is in the range.
                Self::try_from(bits).unwrap_or_default()
            }
        }
    )*};
}

unsigned!(u16 u32 u64 usize);

impl Number for i64 {
    const NAME: &'static str = "i64";
    const RANGE: (i64, u64) = (i64::MIN, i64::MAX.cast_unsigned());

    fn from_bits(bits: u64) -> Self {
        bits.cast_signed()
    }
}
