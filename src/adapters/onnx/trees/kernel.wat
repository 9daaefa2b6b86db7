;; Walks 16 rows through all trees of an ensemble at once, without following a branch: QuickScorer (C. Lucchese et al., SIGIR 2015)
;; on SIMD lanes (the same authors, SIGIR 2016).
;;
;; The leaves of a tree are numbered from left to right, a bit each, in one or more words of 32 bits. All bits begin as 1. Each branch
;; that a row fails (its value is not at or below the threshold, so it goes right) clears the leaves on the branch's left. Then the
;; lowest bit that is left is the leaf where the row ends. The order of branches does not matter, so they are sorted by feature
;; and threshold, and those that no row of the 16 fails are skipped together.
;;
;; `kernel.ts` lays out the memory. `npm run generate` makes kernel.wasm of this file, and a test holds the two together.
(module
  (memory (export "memory") 1)

  ;; Writes which leaves are left of each tree, for 16 rows, to `words` (`wordsBytes` bytes, [words x 16 rows] of u32). The rows begin at
  ;; `rows`, `stride` bytes apart, float32. `features` up to `featuresEnd` are records of four u32: the byte of the column in a row; what
  ;; stands for a missing value (float32: minus infinity goes left at each branch, NaN right); where its tests begin; where they end.
  ;; A test is a threshold (float32), the byte of its word in `words`, and the bits to clear; sorted by threshold.
  (func (export "walk") (param $rows i32) (param $stride i32) (param $features i32) (param $featuresEnd i32)
    (param $words i32) (param $wordsBytes i32)
    (local $at i32) (local $test i32) (local $testsEnd i32) (local $highest f32)
    (local $missing v128) (local $threshold v128) (local $bits v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)

    (memory.fill (local.get $words) (i32.const 0xff) (local.get $wordsBytes))
    (block $done
      (loop $feature
        (br_if $done (i32.ge_u (local.get $features) (local.get $featuresEnd)))

        ;; The column of the 16 rows, in four vectors; missing values replaced.
        (local.set $missing (v128.load32_splat offset=4 (local.get $features)))
        (local.set $at (i32.add (local.get $rows) (i32.load (local.get $features))))
        ;; rows 0 to 3
        (local.set $a (v128.load32_zero (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $a (v128.load32_lane 1 (local.get $at) (local.get $a)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $a (v128.load32_lane 2 (local.get $at) (local.get $a)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $a (v128.load32_lane 3 (local.get $at) (local.get $a)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $a (v128.bitselect (local.get $a) (local.get $missing) (f32x4.eq (local.get $a) (local.get $a))))
        ;; rows 4 to 7
        (local.set $b (v128.load32_zero (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $b (v128.load32_lane 1 (local.get $at) (local.get $b)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $b (v128.load32_lane 2 (local.get $at) (local.get $b)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $b (v128.load32_lane 3 (local.get $at) (local.get $b)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $b (v128.bitselect (local.get $b) (local.get $missing) (f32x4.eq (local.get $b) (local.get $b))))
        ;; rows 8 to 11
        (local.set $c (v128.load32_zero (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $c (v128.load32_lane 1 (local.get $at) (local.get $c)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $c (v128.load32_lane 2 (local.get $at) (local.get $c)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $c (v128.load32_lane 3 (local.get $at) (local.get $c)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $c (v128.bitselect (local.get $c) (local.get $missing) (f32x4.eq (local.get $c) (local.get $c))))
        ;; rows 12 to 15
        (local.set $d (v128.load32_zero (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (v128.load32_lane 1 (local.get $at) (local.get $d)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (v128.load32_lane 2 (local.get $at) (local.get $d)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $d (v128.load32_lane 3 (local.get $at) (local.get $d)))
        (local.set $d (v128.bitselect (local.get $d) (local.get $missing) (f32x4.eq (local.get $d) (local.get $d))))

        ;; The highest of the 16; NaN if one is missing and goes right, so that no test is skipped.
        (local.set $threshold
          (f32x4.max (f32x4.max (local.get $a) (local.get $b)) (f32x4.max (local.get $c) (local.get $d))))
        (local.set $highest
          (f32.max
            (f32.max (f32x4.extract_lane 0 (local.get $threshold)) (f32x4.extract_lane 1 (local.get $threshold)))
            (f32.max (f32x4.extract_lane 2 (local.get $threshold)) (f32x4.extract_lane 3 (local.get $threshold)))))

        (local.set $test (i32.load offset=8 (local.get $features)))
        (local.set $testsEnd (i32.load offset=12 (local.get $features)))
        (block $tested
          (loop $next
            (br_if $tested (i32.ge_u (local.get $test) (local.get $testsEnd)))
            (br_if $tested (f32.ge (f32.load (local.get $test)) (local.get $highest)))
            (local.set $threshold (v128.load32_splat (local.get $test)))
            (local.set $bits (v128.load32_splat offset=8 (local.get $test)))
            (local.set $at (i32.add (local.get $words) (i32.load offset=4 (local.get $test))))
            (v128.store (local.get $at)
              (v128.andnot (v128.load (local.get $at))
                (v128.andnot (local.get $bits) (f32x4.le (local.get $a) (local.get $threshold)))))
            (v128.store offset=16 (local.get $at)
              (v128.andnot (v128.load offset=16 (local.get $at))
                (v128.andnot (local.get $bits) (f32x4.le (local.get $b) (local.get $threshold)))))
            (v128.store offset=32 (local.get $at)
              (v128.andnot (v128.load offset=32 (local.get $at))
                (v128.andnot (local.get $bits) (f32x4.le (local.get $c) (local.get $threshold)))))
            (v128.store offset=48 (local.get $at)
              (v128.andnot (v128.load offset=48 (local.get $at))
                (v128.andnot (local.get $bits) (f32x4.le (local.get $d) (local.get $threshold)))))
            (local.set $test (i32.add (local.get $test) (i32.const 12)))
            (br $next)))

        (local.set $features (i32.add (local.get $features) (i32.const 16)))
        (br $feature))))

  ;; Adds the value of the leaf where each of the 16 rows ends to its sum (`sums`, float32), tree by tree, since float32 sums depend on
  ;; their order. `trees` up to `treesEnd` are records of two u32: the byte of the tree's first word, and that of its first leaf's
  ;; value after `values` (float32, all leaves in order).
  (func (export "sum") (param $words i32) (param $trees i32) (param $treesEnd i32) (param $values i32) (param $sums i32)
    (local $word i32) (local $bits i32) (local $leaf i32) (local $row i32)
    (loop $tree
      (local.set $row (i32.const 0))
      (loop $nextRow
        (local.set $word (i32.add (i32.add (local.get $words) (local.get $row)) (i32.load (local.get $trees))))
        (local.set $leaf (i32.load offset=4 (local.get $trees)))
        (if (i32.eqz (local.tee $bits (i32.load (local.get $word))))
          (then
            (loop $nextWord
              (local.set $word (i32.add (local.get $word) (i32.const 64)))
              (local.set $leaf (i32.add (local.get $leaf) (i32.const 128)))
              (br_if $nextWord (i32.eqz (local.tee $bits (i32.load (local.get $word))))))))
        (local.set $leaf (i32.add (local.get $leaf) (i32.shl (i32.ctz (local.get $bits)) (i32.const 2))))
        (f32.store (i32.add (local.get $sums) (local.get $row))
          (f32.add (f32.load (i32.add (local.get $sums) (local.get $row)))
            (f32.load (i32.add (local.get $values) (local.get $leaf)))))
        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (br_if $nextRow (i32.lt_u (local.get $row) (i32.const 64))))
      (local.set $trees (i32.add (local.get $trees) (i32.const 8)))
      (br_if $tree (i32.lt_u (local.get $trees) (local.get $treesEnd)))))
)
