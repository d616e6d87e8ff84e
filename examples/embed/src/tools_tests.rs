use super::*;

fn caller(subject: &str) -> Principal {
    Principal::new("https://shop.example.com", subject)
}

#[tokio::test]
async fn a_caller_sees_what_the_caller_has_ordered() {
    let orders = State(Orders::default());
    let eu = || Region("eu".into());
    let order = place_order("tea".into(), caller("alice"), eu(), orders.clone()).await;
    place_order("coffee".into(), caller("bob"), eu(), orders.clone()).await;
    assert_eq!(my_orders(caller("alice"), orders.clone()).await, [order]);
    assert_eq!(all_orders(orders).await.len(), 2);
}
