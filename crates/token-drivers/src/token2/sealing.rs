//! How Token2's programmable tokens want what is written to them: enciphered with SM4, and
//! with four bytes that prove it.
//!
//! The proof is the beginning of the last block of SM4-CBC over the header (with class 80)
//! and the payload. On single-profile tokens the key is the same for all and public, so this
//! protects nothing there; it is what the token wants.

use crate::apdu::Command;
use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

/// The key of single-profile tokens: in the maker's own tool, and so in everybody's hands.
const PUBLIC_KEY: [u8; 16] = [
    0x8A, 0xD2, 0x06, 0x88, 0x3C, 0xA3, 0x69, 0x48, 0x2A, 0xB2, 0x71, 0x82, 0xB6, 0xE8, 0x32, 0x24,
];

const BLOCK_BYTES: usize = 16;

/// The key that writing needs.
pub(super) struct SealingKey(Zeroizing<[u8; 16]>);

impl SealingKey {
    /// That of every single-profile token.
    pub(super) fn public() -> Self {
        Self(Zeroizing::new(PUBLIC_KEY))
    }

    /// That of a Molto2, from its customer key.
    pub(super) fn of_customer_key(customer_key: &[u8]) -> Self {
        use sha1::Digest;
        let digest = Zeroizing::new(<[u8; 20]>::from(sha1::Sha1::digest(customer_key)));
        let mut key = Zeroizing::new([0; 16]);
        for (into, from) in key.iter_mut().zip(digest.iter()) {
            *into = *from;
        }
        Self(key)
    }

    /// The sixteen bytes, to be written as a new key.
    pub(super) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn cipher(&self) -> Sm4 {
        Sm4::new(&(*self.0).into())
    }

    /// What proves to the token that the key is known.
    pub(super) fn answer(&self, challenge: [u8; 8]) -> [u8; BLOCK_BYTES] {
        let mut block = [0; BLOCK_BYTES];
        if let Some(first) = block.first_chunk_mut() {
            *first = challenge;
        }
        self.block(block)
    }

    fn block(&self, block: [u8; BLOCK_BYTES]) -> [u8; BLOCK_BYTES] {
        let mut block: Block<Sm4> = block.into();
        self.cipher().encrypt_block(&mut block);
        block.into()
    }

    /// Enciphers block by block (the token wants no chaining here). What is left over behind
    /// the last whole block is dropped: `padded` leaves nothing over.
    fn enciphered(&self, padded: &[u8]) -> Vec<u8> {
        let (blocks, _) = padded.as_chunks::<BLOCK_BYTES>();
        blocks.iter().flat_map(|block| self.block(*block)).collect()
    }

    /// A command whose payload is enciphered and proved.
    pub(super) fn sealed(&self, header: [u8; 3], padded: &[u8]) -> Command {
        self.proved(header, &self.enciphered(padded))
    }

    /// A command whose payload is proved: class 84, then instruction, P1 and P2 from `header`.
    pub(super) fn proved(&self, header: [u8; 3], payload: &[u8]) -> Command {
        let [instruction, p1, p2] = header;
        let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
        let mut message = vec![0x80, instruction, p1, p2, length];
        message.extend_from_slice(payload);
        let mut mac = [0; BLOCK_BYTES];
        let (blocks, _) = pad_if_needed(&mut message).as_chunks::<BLOCK_BYTES>();
        for block in blocks {
            let mut mixed = mac;
            for (into, from) in mixed.iter_mut().zip(block) {
                *into ^= from;
            }
            mac = self.block(mixed);
        }
        let mut data = payload.to_vec();
        data.extend(mac.iter().take(4));
        Command::new(0x84, instruction, p1, p2)
            .with_data(&data)
            .without_expected_length()
    }
}

/// 80 and zeros behind a text that does not fill its last block.
pub(super) fn pad_if_needed(bytes: &mut Vec<u8>) -> &mut Vec<u8> {
    if !bytes.len().is_multiple_of(BLOCK_BYTES) {
        bytes.push(0x80);
        bytes.resize(bytes.len().next_multiple_of(BLOCK_BYTES), 0);
    }
    bytes
}

/// A seed as the tokens want it: at least 20 bytes, whole blocks, and behind a seed of just
/// 32 bytes a block of padding more.
pub(super) fn padded_seed(seed: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new(Vec::with_capacity(96));
    padded.extend_from_slice(seed);
    if padded.len() < 20 {
        padded.resize(20, 0);
    }
    if padded.len() == 32 {
        padded.push(0x80);
        padded.resize(48, 0);
    }
    pad_if_needed(&mut padded);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::bytes;

    #[test]
    fn the_makers_answers_to_a_challenge_and_a_seed() {
        let key = SealingKey::public();
        let challenge = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];
        let answer = bytes("8B7450F22721BC29985C2C460B65045D");
        assert_eq!(key.answer(challenge).to_vec(), answer);

        let seed: Vec<u8> = (0x01..=0x14).collect();
        let command = key.sealed([0xC5, 1, 0], &padded_seed(&seed));
        let expected = bytes(
            "84C5010024 6EEAD21474BBF3A0A2B4C18F489E543CF48725A71EE9C3A65963E88BE9405E3D 5F6EA0C1",
        );
        assert_eq!(*command.bytes(), expected);

        let seed: Vec<u8> = (0x10..=0x2F).collect();
        let command = key.sealed([0xC5, 1, 0], &padded_seed(&seed));
        let expected = bytes(
            "84C5010034 B830899CFE9DE292CD26D3C7439215CE18503D57AC31735AFA60EBA20F64D6F7D219EFC9972FED9191DF027FD36A80B0 880D59FA",
        );
        assert_eq!(*command.bytes(), expected);
    }

    #[test]
    fn the_customer_key_of_a_new_molto2() {
        let key = SealingKey::of_customer_key(b"TOKEN2MOLTO1-KEY");
        assert_eq!(
            key.bytes().to_vec(),
            bytes("099250fdb017f442da429ecbbee17f79")
        );
    }

    #[test]
    fn seeds_are_padded_by_their_length() {
        for (seed, padded) in [
            (1, 32),
            (16, 32),
            (20, 32),
            (31, 32),
            (32, 48),
            (33, 48),
            (48, 48),
            (63, 64),
        ] {
            assert_eq!(padded_seed(&vec![7; seed]).len(), padded, "{seed}");
        }
    }
}
