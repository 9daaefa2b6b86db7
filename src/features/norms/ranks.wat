;; The ranks of events among a platform's own: what `ranker.ts` says, which lays out the memory. All addresses are bytes, all records are of
;; numbers of four.
;;
;; Nearly each value is the one that its bucket expects, so that an event costs as many loads, and no branch that the processor guesses
;; wrong. JavaScript takes three times as long for the same: it checks the bounds of each load.
;;
;; `npm run generate` makes ranks-module.ts of this file, and a test holds the two together.
(module
  (memory (export "memory") 1)

  ;; Writes the ranks of each event from `row` up to `rowsEnd`, `rowBytes` each, to the rows that begin at `out`, `outBytes` each; the type of
  ;; an event is the number at `typeByte`. Of each type a record in `types` says where its columns begin and end, and those of which nothing is
  ;; known: where each of these goes in a row.
  ;;
  ;; A column: where it is in a row; where it goes; its buckets; the lowest of them; how many more there are.
  ;; A bucket: the value that it expects; the rank of that; the last cut that none of its values is below.
  ;; A cut: itself; its rank; the rank right above it; how ranks go up from there; where they end. The next cut follows, NaN after the last.
  (func (export "rank") (param $row i32) (param $rowsEnd i32) (param $rowBytes i32) (param $typeByte i32)
    (param $out i32) (param $outBytes i32) (param $types i32) (param $openBits i32)
    (local $type i32) (local $at i32) (local $end i32) (local $bits i32) (local $key i32) (local $more i32) (local $bucket i32)
    (local $cut i32) (local $value f32) (local $rank f32)

    (block $done
      (loop $nextRow
        (br_if $done (i32.ge_u (local.get $row) (local.get $rowsEnd)))
        (local.set $type
          (i32.add (local.get $types)
            (i32.shl (i32.trunc_sat_f32_u (f32.load (i32.add (local.get $row) (local.get $typeByte)))) (i32.const 4))))

        (local.set $at (i32.load offset=8 (local.get $type)))
        (local.set $end (i32.load offset=12 (local.get $type)))
        (block $noneLeft
          (loop $nextUnknown
            (br_if $noneLeft (i32.ge_u (local.get $at) (local.get $end)))
            (f32.store (i32.add (local.get $out) (i32.load (local.get $at))) (f32.const nan))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $nextUnknown)))

        (local.set $at (i32.load (local.get $type)))
        (local.set $end (i32.load offset=4 (local.get $type)))
        (block $rowDone
          (loop $nextColumn
            (br_if $rowDone (i32.ge_u (local.get $at) (local.get $end)))
            (local.set $bits (i32.load (i32.add (local.get $row) (i32.load (local.get $at)))))
            (local.set $value (f32.reinterpret_i32 (local.get $bits)))

            ;; The bucket: the first bits of the value, made ascending, no lower than the lowest and no higher than the last.
            (local.set $key
              (i32.sub
                (i32.shr_s
                  (i32.xor (local.get $bits)
                    (i32.and (i32.shr_s (local.get $bits) (i32.const 31)) (i32.const 0x7fffffff)))
                  (local.get $openBits))
                (i32.load offset=12 (local.get $at))))
            (local.set $key
              (select (local.get $key) (i32.const 0) (i32.gt_s (local.get $key) (i32.const 0))))
            (local.set $more (i32.load offset=16 (local.get $at)))
            (local.set $key
              (select (local.get $key) (local.get $more) (i32.lt_s (local.get $key) (local.get $more))))
            (local.set $bucket
              (i32.add (i32.load offset=8 (local.get $at)) (i32.mul (local.get $key) (i32.const 12))))

            (local.set $rank (f32.load offset=4 (local.get $bucket)))
            (if (f32.ne (f32.load (local.get $bucket)) (local.get $value))
              (then
                (local.set $rank (f32.const nan))
                ;; Not for a missing value, which is no number.
                (if (f32.eq (local.get $value) (local.get $value))
                  (then
                    (local.set $cut (i32.load offset=8 (local.get $bucket)))
                    (loop $nextCut
                      (if (f32.le (f32.load offset=20 (local.get $cut)) (local.get $value))
                        (then
                          (local.set $cut (i32.add (local.get $cut) (i32.const 20)))
                          (br $nextCut))))
                    (if (f32.eq (f32.load (local.get $cut)) (local.get $value))
                      (then (local.set $rank (f32.load offset=4 (local.get $cut))))
                      (else
                        (local.set $rank
                          (f32.min
                            (f32.demote_f64
                              (f64.add
                                (f64.promote_f32 (f32.load offset=8 (local.get $cut)))
                                (f64.mul
                                  (f64.sub
                                    (f64.promote_f32 (local.get $value))
                                    (f64.promote_f32 (f32.load (local.get $cut))))
                                  (f64.promote_f32 (f32.load offset=12 (local.get $cut))))))
                            (f32.load offset=16 (local.get $cut))))))))))
            (f32.store (i32.add (local.get $out) (i32.load offset=4 (local.get $at))) (local.get $rank))
            (local.set $at (i32.add (local.get $at) (i32.const 20)))
            (br $nextColumn)))

        (local.set $row (i32.add (local.get $row) (local.get $rowBytes)))
        (local.set $out (i32.add (local.get $out) (local.get $outBytes)))
        (br $nextRow)))))
