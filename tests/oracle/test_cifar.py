"""CIFAR-10's pixels, 3,072 features: against normal equations in numpy."""
import oracle

SCALE = 1 / 255


@oracle.needs("cifar10")
class Cifar(oracle.Case):
    def test_pixels(self):
        train_x, train_y, test_x, test_y = oracle.cifar10()
        weights, intercept, result = self.train(
            "--data", oracle.DATA / "cifar10", "--lambda", "100",
            timeout=200)
        model = oracle.Statistics(train_x, train_y, 10).solve(100, SCALE)
        self.check_model((weights, intercept), model, 1e-7)
        self.assertEqual((result["n_train"], result["n_test"],
                          result["features"]), (50000, 10000, 3072))
        for key, samples, labels in (
                ("train_accuracy", train_x, train_y),
                ("test_accuracy", test_x, test_y)):
            accuracy, _ = oracle.evaluate(*model, SCALE, samples, labels)
            self.assertAlmostEqual(result[key], accuracy, delta=1e-12)
        self.assertGreater(result["test_accuracy"], 0.36)


if __name__ == "__main__":
    oracle.main()
