using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>Which pixels a box covers, by arithmetic alone.</summary>
public class BurnedAreaTests
{
    [Fact]
    public void A_box_is_rounded_outward_and_widened_by_sixteen_pixels_but_not_beyond_the_picture()
    {
        Assert.Equal([(83, 34, 127, 68)], Covered(BurnedArea.Of([new(0.0999, 0.05, 0.011, 0.0015)], 1000, 1000, 1)));
        Assert.Equal([(0, 0, 26, 26)], Covered(BurnedArea.Of([new(0, 0, 0.01, 0.01)], 1000, 1000, 1)));
        Assert.Equal([(974, 974, 1000, 1000)], Covered(BurnedArea.Of([new(0.99, 0.99, 0.01, 0.01)], 1000, 1000, 1)));
    }

    [Theory]
    // A box at the top left of the upright picture, high and narrow; where it lies in the file of 400 x 200 pixels.
    [InlineData(1, 0, 0, 36, 66)]
    [InlineData(2, 364, 0, 400, 66)]
    [InlineData(3, 364, 134, 400, 200)]
    [InlineData(4, 0, 134, 36, 200)]
    [InlineData(5, 0, 0, 116, 26)]
    [InlineData(6, 0, 174, 116, 200)]
    [InlineData(7, 284, 174, 400, 200)]
    [InlineData(8, 284, 0, 400, 26)]
    public void It_is_turned_as_the_file_is(int orientation, int left, int top, int right, int bottom) =>
        Assert.Equal([(left, top, right, bottom)], Covered(BurnedArea.Of([new(0, 0, 0.05, 0.25)], 400, 200, orientation)));

    [Fact]
    public void Boxes_that_touch_once_they_are_widened_are_one_patch_also_by_way_of_others()
    {
        BurnBox[] chain = [new(0.1, 0.1, 0.1, 0.1), new(0.6, 0.6, 0.1, 0.1), new(0.232, 0.1, 0.1, 0.1), new(0.3, 0.232, 0.1, 0.1)];

        Assert.Equal(2, BurnedArea.Of(chain, 1000, 1000, 1).Patches);
        Assert.Equal(3, BurnedArea.Of([.. chain.Take(2), new(0.233, 0.1, 0.1, 0.1)], 1000, 1000, 1).Patches);
    }

    [Fact]
    public void Every_pixel_of_any_boxes_is_covered_once_and_no_other_is()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var (width, height, orientation) = (random.Next(1, 120), random.Next(1, 120), random.Next(1, 9));
            var boxes = Enumerable.Range(0, random.Next(1, 8)).Select(_ =>
            {
                var (left, top) = (random.NextDouble() * 0.9, random.NextDouble() * 0.9);
                return new BurnBox(left, top, random.NextDouble() * (1 - left) / 3, random.NextDouble() * (1 - top) / 3);
            }).Where(box => box.LiesWithin).ToArray();
            if (boxes.Length == 0) continue;

            var area = BurnedArea.Of(boxes, width, height, orientation);

            var times = new int[width, height];
            foreach (var band in area.Bands)
                foreach (var run in band.Runs)
                    for (var y = band.Top; y < band.Bottom; y++)
                        for (var x = run.Left; x < run.Right; x++) times[x, y]++;
            for (var x = 0; x < width; x++)
                for (var y = 0; y < height; y++) Assert.Equal(boxes.Any(box => Within(box, x, y, width, height, orientation)) ? 1 : 0, times[x, y]);
        }
    }

    /// <summary>The same in other words: the stored pixel is turned, not the box.</summary>
    private static bool Within(BurnBox box, int x, int y, int width, int height, int orientation)
    {
        var (across, down) = orientation >= 5 ? (height, width) : (width, height);
        var (right, under) = orientation switch
        {
            2 => (width - 1 - x, y), 3 => (width - 1 - x, height - 1 - y), 4 => (x, height - 1 - y), 5 => (y, x),
            6 => (height - 1 - y, x), 7 => (height - 1 - y, width - 1 - x), 8 => (y, width - 1 - x), _ => (x, y),
        };
        return right >= Math.Floor(box.Left * across) - 16 && right < Math.Ceiling((box.Left + box.Width) * across) + 16
            && under >= Math.Floor(box.Top * down) - 16 && under < Math.Ceiling((box.Top + box.Height) * down) + 16;
    }

    private static IEnumerable<(int, int, int, int)> Covered(BurnedArea area) =>
        area.Bands.SelectMany(band => band.Runs.Select(run => (run.Left, band.Top, run.Right, band.Bottom)));
}
