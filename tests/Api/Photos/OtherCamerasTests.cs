using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>P5 from the ICT lead's page to the photo's flags: what another camera took is seen even when the school's iPad sends it.</summary>
public sealed class OtherCamerasTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Once_ICT_said_what_the_device_is_others_pictures_are_refused_flagged_or_attested()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.PostToAsync("/devices", "/devices?handler=change", ("cameraModel", "iPad (9th generation)")))
            .Must(200).MustSay("Saved.");

        Assert.Empty(Flags((await teacher.PostBytesAsync($"photos?activity={activity}", Taken(1, "iPad (9th generation)"))).Must(201)));
        Assert.Equal(["camera-unknown"], Flags((await teacher.PostBytesAsync($"photos?activity={activity}", Taken(2, null))).Must(201)));
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}&attested=true", Taken(3, "iPhone 15"))))
            .MustRefuse(422, "camera-not-of-the-school");

        await SwitchAsync(activity, "attest");
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", Taken(3, "iPhone 15")))).MustRefuse(422, "attestation-needed");
        Assert.Equal(["camera-other"], Flags((await teacher.PostBytesAsync($"photos?activity={activity}&attested=true", Taken(3, "iPhone 15"))).Must(201)));

        await SwitchAsync(activity, "flag");
        Assert.Equal(["camera-other"], Flags((await teacher.PostBytesAsync($"photos?activity={activity}", Taken(4, "iPhone 15"))).Must(201)));
    }

    private Task<string> SwitchAsync(Guid activity, string terms) => api.Records.ScalarAsync<string>(
        "update policy_switches set other_cameras = $1 where school_id = (select school_id from activities where id = $2) returning other_cameras", terms, activity);

    private static byte[] Taken(int seed, string? model) => DemoPictures.Jpeg(new DemoPicture
    {
        Seed = seed,
        Width = 320,
        Height = 240,
        TakenAt = DateTimeOffset.UtcNow.AddHours(-1),
        Make = model is null ? null : "Apple",
        Model = model ?? "",
    });

    private static string[] Flags(Reply reply) => [.. reply.Json.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!)];
}
