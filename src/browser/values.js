// The members of an archived row, all at once: reading them one by one costs a name each.
export const members = ({ l, c, t, u, i, s, o, b, f, e, x, r, n }) => [l, c, t, u, i, s, o, b, f, e, x, r, n];
