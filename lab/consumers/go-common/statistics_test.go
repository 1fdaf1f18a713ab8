package lab

import "testing"

func TestPercentileInterpolatesBetweenOrderStatistics(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{7}, 7},
		{[]float64{0, 10}, 9.5},
		{[]float64{1, 2, 3, 4, 5}, 4.8},
		{[]float64{0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300, 320, 340, 360, 380, 1000}, 380},
	} {
		if got := percentile(c.values, 0.95); got != c.want {
			t.Errorf("%v: %v, not %v", c.values, got, c.want)
		}
	}
}

func TestGroupNeedNotBeSorted(t *testing.T) {
	var s statistics
	s.addGroup([]float64{10, 0})
	if want := (statistics{groups: 1, count: 2, sum: 10, mean: 5, p95: 9.5}); s != want {
		t.Errorf("%+v, not %+v", s, want)
	}
}

func TestWindowIsClosedWhenFullAndAtTheEnd(t *testing.T) {
	w := newWindow()
	for range windowSize {
		w.add("DE", 1)
	}
	w.add("DE", 1)
	w.add("FR", 1)
	s := w.statistics()
	if s.windows != 2 || s.groups != 3 || s.count != windowSize+2 {
		t.Errorf("%+v", s)
	}
}
