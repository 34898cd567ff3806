using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Flows;

/// <summary>Pictures sent as an iPad would send them, with a place in them.</summary>
public static class TestPhotos
{
    private static int seeds;

    /// <summary>A picture nobody has sent before.</summary>
    public static byte[] Picture(int width = 640, int height = 480) => DemoPictures.Jpeg(new DemoPicture
    {
        Seed = Interlocked.Increment(ref seeds),
        Width = width,
        Height = height,
        TakenAt = DateTimeOffset.UtcNow.AddDays(-2),
    });

    /// <summary>Uploads a new picture as the school's teacher; its id.</summary>
    public static async Task<Guid> UploadAsync(this TestSchool school, Guid activity, byte[]? picture = null) =>
        (await (await school.TeacherAsync()).PostBytesAsync($"photos?activity={activity}", picture ?? Picture())).Must(201).Id;

    /// <summary>Says that exactly these pupils are in it.</summary>
    public static async Task LinkAsync(this TestSchool school, Guid photo, params TestPupil[] pupils) =>
        (await (await school.TeacherAsync()).PutAsync($"photos/{photo}/pupils",
            new { pupils = pupils.Select(pupil => pupil.MisId), nobodyElse = true })).Must(200);

    public static async Task AcceptAsync(this TestSchool school, Guid photo) =>
        (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/screening", new { decision = "accepted" })).Must(200);

    /// <summary>Uploaded, linked and screened.</summary>
    public static async Task<Guid> ReadyPhotoAsync(this TestSchool school, Guid activity, params TestPupil[] pupils)
    {
        var photo = await school.UploadAsync(activity);
        await school.LinkAsync(photo, pupils);
        await school.AcceptAsync(photo);
        return photo;
    }
}
