use ethnum::I256;

use super::shares::printed;

fn wide(numbers: &[i64]) -> Vec<I256> {
    numbers.iter().map(|&number| I256::from(number)).collect()
}

#[test]
fn printed_shares_add_up() {
    // Thirds of 1: two are rounded down and one up.
    let shares = printed(&wide(&[1, 1, 1]), 0, I256::from(3)).unwrap();
    assert_eq!((shares.units.clone(), shares.places), (wide(&[3334, 3333, 3333]), 4));
    assert!(shares.adjusted);
    // Below zero the same.
    let shares = printed(&wide(&[-1, -1, -1]), 0, I256::from(3)).unwrap();
    assert_eq!(shares.units.iter().fold(I256::ZERO, |sum, units| sum + *units), -10_000);
    // What comes out even isn't touched.
    let shares = printed(&wide(&[5, -2, 3]), 1, I256::from(2)).unwrap();
    assert_eq!((shares.units.clone(), shares.adjusted), (wide(&[2500, -1000, 1500]), false));
}
