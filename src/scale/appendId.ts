/**
 * The header of a message in NATS that says which append it is. It is not the server's own one, since what a stranger has sent with an id
 * would be taken for what has that id and comes later.
 */
export const appendId = "Rxgrad-Append-Id";
