//! A frame: its length in two bytes, the most significant first, and so many bytes.

use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Reads one frame of at most `longest` bytes.
///
/// # Errors
///
/// What the connection says; `InvalidData` for an empty or too long frame, `UnexpectedEof` for
/// half a one.
pub fn read_frame(from: &mut impl Read, longest: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut length = [0; 2];
    from.read_exact(&mut length)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 || length > longest {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Zeroizing::new(vec![0; length]);
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Writes one frame, in one piece.
///
/// # Errors
///
/// What the connection says; `InvalidData` for an empty or too long frame.
pub fn write_frame(to: &mut impl Write, bytes: &[u8], longest: usize) -> io::Result<()> {
    let length = u16::try_from(bytes.len())
        .ok()
        .filter(|_| !bytes.is_empty() && bytes.len() <= longest)
        .ok_or(io::ErrorKind::InvalidData)?;
    let mut frame = Zeroizing::new(Vec::with_capacity(bytes.len().saturating_add(2)));
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(bytes);
    to.write_all(&frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_whole_and_half_a_one_does_not() {
        let mut frame = Vec::new();
        write_frame(&mut frame, b"wonderland", 10).unwrap();
        let whole = read_frame(&mut frame.as_slice(), 10).unwrap();
        assert_eq!(whole.as_slice(), b"wonderland");
        for length in 0..frame.len() {
            let half = read_frame(&mut &frame[..length], 10).unwrap_err();
            assert_eq!(half.kind(), io::ErrorKind::UnexpectedEof, "{length}");
        }
    }

    #[test]
    fn what_is_empty_or_too_long_is_refused_before_it_is_read() {
        let refused = |bytes: &[u8]| read_frame(&mut &bytes[..], 10).unwrap_err().kind();
        assert_eq!(refused(&[0, 0]), io::ErrorKind::InvalidData);
        assert_eq!(refused(&[0, 11]), io::ErrorKind::InvalidData);
        assert_eq!(refused(&[255, 255]), io::ErrorKind::InvalidData);
        assert!(write_frame(&mut Vec::new(), &[b'x'; 11], 10).is_err());
        assert!(write_frame(&mut Vec::new(), b"", 10).is_err());
    }
}
