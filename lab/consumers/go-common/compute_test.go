package lab

import (
	"encoding/json"
	"os"
	"testing"
)

func TestComputeGivesTheScoresOfAllLanguages(t *testing.T) {
	data, err := os.ReadFile("../vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Event                  Order
		Rounds, Score, Updates int
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		state := map[string]int{}
		score := Compute(&v.Event, v.Rounds, state)
		updates := 0
		for _, n := range state {
			updates += n
		}
		if score != v.Score || updates != v.Updates {
			t.Errorf("%s: score %d, updates %d, not %d, %d", v.Event.ID, score, updates, v.Score, v.Updates)
		}
	}
}
