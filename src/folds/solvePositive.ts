/** x of A·x = b, for a symmetric positive definite A (n × n, row after row), by Cholesky's A = L·Lᵀ. */
export const solvePositive = (a: readonly number[], b: readonly number[]): number[] => {
  const n = b.length;
  const L = new Float64Array(n * n);
  const x = [...b];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
      L[i * n + j] = i === j ? Math.sqrt(sum) : sum / L[j * n + j]!;
    }
    for (let k = 0; k < i; k++) x[i]! -= L[i * n + k]! * x[k]!;
    x[i]! /= L[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= L[k * n + i]! * x[k]!;
    x[i]! /= L[i * n + i]!;
  }
  return x;
};
