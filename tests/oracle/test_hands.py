"""Photographs of hands, one folder a class: people's own images."""
import oracle


@oracle.needs("hands")
class Hands(oracle.Case):
    def hands(self, *arguments):
        _, _, result = self.train(
            "--data", oracle.DATA / "hands", "--image", "40x60", "--gray",
            "--holdout", "0.2", "--lambda", "10,100,1000", *arguments,
            timeout=200)
        sizes = [sum(path.suffix.lower() in (".jpg", ".jpeg", ".png")
                     for path in (oracle.DATA / "hands" / str(c)).iterdir())
                 for c in range(10)]
        held = [int(0.2 * size + 0.5) for size in sizes]
        self.assertEqual(result["features"], 2400)
        self.assertEqual(result["class_names"], [str(c) for c in range(10)])
        self.assertEqual([sum(row) for row in result["confusion"]], held)
        self.assertEqual(result["n_train"], sum(sizes) - sum(held))
        return result

    def test_gray(self):
        result = self.hands()
        self.assertEqual(result["lambda"], 100)
        self.assertGreater(result["test_accuracy"], 0.65)
        self.assertLess(result["test_accuracy"], 0.85)

    def test_threshold(self):
        result = self.hands("--threshold", "0.5")
        self.assertGreater(result["test_accuracy"], 0.5)


if __name__ == "__main__":
    oracle.main()
