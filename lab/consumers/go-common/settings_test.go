package lab

import "testing"

func settingsOf(environment map[string]string) (Settings, error) {
	return SettingsFrom(func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	})
}

func TestDefaults(t *testing.T) {
	s, err := settingsOf(map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "a", "KAFKA_TOPIC": "b", "KAFKA_GROUP": "c"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Handler != "consume" || s.InFlight != 1 || s.Cores != 1 || s.CommitBatch || s.Events < 1<<60 {
		t.Errorf("%+v", s)
	}
}

func TestMistakesAreErrors(t *testing.T) {
	for name, value := range map[string]string{
		"KAFKA_TOPIC": "", "LAB_HANDLER": "guess", "LAB_IN_FLIGHT": "0", "LAB_EVENTS": "many", "LAB_IO_CALLS": "1",
	} {
		environment := map[string]string{"KAFKA_BOOTSTRAP_SERVERS": "a", "KAFKA_TOPIC": "b", "KAFKA_GROUP": "c"}
		environment[name] = value
		if _, err := settingsOf(environment); err == nil {
			t.Errorf("%s=%s is accepted", name, value)
		}
	}
}
