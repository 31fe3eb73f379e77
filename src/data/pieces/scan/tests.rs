use super::*;

/// What a kernel must find, byte by byte.
fn expected(text: &[u8], delimiter: u8, base: u32) -> (Vec<u32>, Found) {
    let ends = |byte: u8| byte == b'\n' || byte == delimiter;
    let places: Vec<u32> = (0..text.len()).filter(|&at| ends(text[at])).map(|at| base + at as u32).collect();
    let odd = text.iter().any(|&byte| !ends(byte) && !(b' '..0x7f).contains(&byte));
    let newlines = text.iter().filter(|&&byte| byte == b'\n').count();
    let found = Found { places: places.len(), newlines, quotes: text.contains(&b'"'), odd };
    (places, found)
}

#[test]
fn every_kernel_finds_the_same() {
    let mut seed = 11u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    let signs = b"abc,,\n\"x;\t\r\x01\x7f\xc3 ";
    for kernel in Kernel::all() {
        let (mut places, mut masks) = (vec![0; 300 + 2 * SLACK], Vec::new());
        for round in 0..400 {
            // Many signs that are something, or few, or nearly each of them.
            let of = if round % 3 == 0 { 3 } else { signs.len() };
            let only = round % 7 == 0;
            let text: Vec<u8> = (0..random() % 300).map(|_| if only { b',' } else { signs[random() % of] }).collect();
            let delimiter = b",;\ta"[random() % 4];
            let found = kernel.scan(&text, delimiter, 1000, &mut places);
            let (expected, told) = expected(&text, delimiter, 1000);
            assert_eq!((&places[..found.places], found), (&expected[..], told), "{} {text:?}", kernel.name);
            kernel.quotes(&text, &mut masks);
            assert_eq!(masks.len(), text.len().div_ceil(64));
            let quote = |at: usize| masks[at / 64] >> (at % 64) & 1 == 1;
            assert!((0..text.len()).all(|at| quote(at) == (text[at] == b'"')), "{} {text:?}", kernel.name);
        }
    }
}

#[test]
fn each_byte_is_what_it_is() {
    for kernel in Kernel::all() {
        for byte in 0..=255u8 {
            for at in [0, 5, 31, 32, 63, 64, 70] {
                let mut text = vec![b'z'; 71];
                text[at] = byte;
                let mut places = vec![0; 71 + 2 * SLACK];
                let found = kernel.scan(&text, b',', 0, &mut places);
                assert_eq!(
                    (places[..found.places].to_vec(), found),
                    expected(&text, b',', 0),
                    "{} {byte}",
                    kernel.name
                );
            }
        }
    }
}

#[test]
fn parity_counts_bits_so_far() {
    assert_eq!(parity(0b1000_1000), 0b0111_1000);
    assert_eq!(parity(1 << 63), 1 << 63);
    assert_eq!(parity(1), u64::MAX);
}
